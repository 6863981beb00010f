import { html } from 'hono/html';
import { formatDate } from '../../../../platform/text/format-time.ts';
import { teamWords } from '../../../i18n/words/desk/team.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { selectField, textField } from '../parts/fields.ts';
import { deskForm } from '../parts/form.ts';
import { linkButton, panel } from '../parts/pieces.ts';
import { paging, table } from '../parts/table.ts';
import { endingColumns } from './ending-columns.ts';

/** Keys for programs of the organiser. Owners only. */
export function apiKeyPages(addPage: AddPage): void {
  addPage('/desk/api-keys', showKeys, { make, end });
}

const deskTimeZone = 'Asia/Jakarta';

async function showKeys(desk: Desk): Promise<View> {
  const { language, slug } = desk;
  const words = teamWords[language];
  const cursor = desk.query('cursor');
  const { data, nextCursor } = await desk.api.get('/v1/organizers/:slug/api-keys', {
    param: { slug },
    query: cursor === undefined ? {} : { cursor },
  });
  const form = desk.form('make');
  return {
    title: words.keys,
    section: 'team',
    body: html`<p class="lead">${words.keysLead}</p>
${
  data.length === 0
    ? html`<p>${words.noKeys}</p>`
    : table({
        caption: words.keys,
        rows: data,
        columns: [
          { label: words.keyName, cell: ({ name }) => name },
          { label: words.role, cell: ({ role }) => words.roles[role] },
          { label: words.created, cell: ({ createdAt }) => formatDate(createdAt, deskTimeZone, language, 'medium') },
          ...endingColumns<(typeof data)[number]>(desk, 'keyId'),
        ],
      })
}${paging(desk, nextCursor)}
${panel(
  words.newKey,
  deskForm(desk, {
    form,
    body: [
      textField(form, language, { name: 'name', label: words.keyName, maxlength: 120 }),
      selectField(form, language, {
        name: 'role',
        label: words.role,
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

const make: Act = async (desk, values) => {
  const words = teamWords[desk.language];
  const { name, key } = await desk.api.post('/v1/organizers/:slug/api-keys', {
    param: { slug: desk.slug },
    json: { name: values.text('name'), role: values.text('role') === 'manager' ? 'manager' : 'door' },
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
