import { html } from 'hono/html';
import { askWords } from '../../../i18n/words/desk/asks.ts';
import { keyScopes } from '../../../../access/index.ts';
import { formatDate } from '../../../../platform/text/format-time.ts';
import { homeTimeZone } from '../../../../platform/text/home.ts';
import { teamWords } from '../../../i18n/words/desk/team.ts';
import type { Language } from '../../../i18n/language.ts';
import type { Html } from '../../layout.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import type { Form } from '../forms.ts';
import { fieldId, selectField, textField } from '../parts/fields.ts';
import { deskForm } from '../parts/form.ts';
import { linkButton, panel } from '../parts/pieces.ts';
import { pageQuery, paging, table } from '../parts/table.ts';
import { endingColumns } from './ending-columns.ts';

/** API keys. Owners only. */
export function apiKeyPages(addPage: AddPage): void {
  addPage('/desk/api-keys', showKeys, { make, end });
}

async function showKeys(desk: Desk): Promise<View> {
  const { language, slug } = desk;
  const words = teamWords[language];
  const { data, nextCursor } = await desk.api.get('/v1/organizers/:slug/api-keys', {
    param: { slug },
    query: pageQuery(desk),
  });
  const form = desk.form('make');
  return {
    title: words.keys,
    section: 'team',
    body: html`<p class="lead">${words.keysLead}</p>
${
  data.length === 0
    ? html`<p class="nothing">${words.noKeys}</p>`
    : table({
        caption: words.keys,
        rows: data,
        columns: [
          { label: words.keyName, cell: ({ name }) => name },
          { label: words.role, cell: ({ role }) => words.roles[role] },
          {
            label: words.scopes,
            cell: ({ scopes }) =>
              scopes === null ? words.allScopes : scopes.map((scope) => words.scopeNames[scope]).join(', '),
          },
          { label: words.created, cell: ({ createdAt }) => formatDate(createdAt, homeTimeZone, language, 'medium') },
          ...endingColumns<(typeof data)[number]>(desk, 'keyId', askWords[desk.language].key),
        ],
      })
}${paging(desk, nextCursor)}
${panel(
  words.newKey,
  deskForm(desk, {
    form,
    body: [
      textField(form, language, { name: 'name', label: words.keyName, maxlength: 120 }),
      scopeBoxes(form, language),
      selectField(form, language, {
        name: 'role',
        label: words.role,
        hint: words.keyRoleHint,
        options: [
          { value: 'door', label: words.roles.door },
          { value: 'manager', label: words.roles.manager },
        ],
      }),
    ],
    submit: words.newKey,
  }),
)}`,
  };
}

/** No box is ticked by default, so every scope is a deliberate choice. */
function scopeBoxes(form: Form, language: Language): Html {
  const words = teamWords[language];
  const chosen = form.values?.all('scopes') ?? [];
  form.labels.set('scopes', words.scopes);
  const boxes = keyScopes.map(
    (scope) =>
      html`<label class="agree"><input type="checkbox" name="scopes" value="${scope}"${chosen.includes(scope) ? html` checked` : ''}><span>${words.scopeNames[scope]}</span></label>`,
  );
  return html`<fieldset class="field" id="${fieldId(form, 'scopes')}"><legend>${words.scopes}</legend>${boxes}</fieldset>`;
}

const make: Act = async (desk, values) => {
  const words = teamWords[desk.language];
  const { name, key } = await desk.api.post('/v1/organizers/:slug/api-keys', {
    param: { slug: desk.slug },
    json: {
      name: values.text('name'),
      role: values.text('role') === 'manager' ? 'manager' : 'door',
      scopes: keyScopes.filter((scope) => values.all('scopes').includes(scope)),
    },
  });
  return {
    title: name,
    section: 'team',
    body: html`<p class="lead">${words.keyOnce}</p><p><code class="secret">${key}</code></p><p>${linkButton('/desk/api-keys', words.back, true)}</p>`,
  };
};

const end: Act = async (desk, values) => {
  await desk.api.delete('/v1/organizers/:slug/api-keys/:keyId', {
    param: { slug: desk.slug, keyId: values.text('keyId') },
    query: {},
  });
  return done('/desk/api-keys', 'keyEnded');
};
