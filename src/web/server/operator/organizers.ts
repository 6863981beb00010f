import type { Hono } from 'hono';
import { html } from 'hono/html';
import { operatorWords } from '../../i18n/words/operator.ts';
import { localeField, textField } from '../desk/parts/fields.ts';
import { openForm } from '../desk/parts/form.ts';
import { chip, panel } from '../desk/parts/pieces.ts';
import { paging, table } from '../desk/parts/table.ts';
import type { Html } from '../layout.ts';
import {
  type Operator,
  type OperatorAct,
  type OperatorDeps,
  type OperatorView,
  addOperatorPage,
  timeText,
} from './page.ts';

const listPath = '/operator/organizers';

type Organizer = { id: string; slug: string; name: string; createdAt: string; activeOwners: number };
type Link = { link: string; expiresAt: string };

/** Organizers: list, create with a link for the owner, and create a new link for a member whose mail does not arrive. */
export function organizerPages(deps: OperatorDeps, routes: Hono): void {
  addOperatorPage(deps, routes, listPath, showOrganizers, { create, link });
}

async function showOrganizers(operator: Operator): Promise<OperatorView> {
  const { language } = operator;
  const words = operatorWords[language];
  const query = new URLSearchParams({ limit: '50' });
  const cursor = operator.query('cursor');
  if (cursor !== undefined) query.set('cursor', cursor);
  const { data, nextCursor } = await operator.call<{ data: Organizer[]; nextCursor: string | null }>(
    'GET',
    `/organizers?${query.toString()}`,
  );
  return {
    title: words.organizers,
    body: html`${data.length === 0 ? html`<p class="nothing">${words.noOrganizers}</p>` : organizerTable(operator, data)}${paging(operator, nextCursor, { lang: language })}
${panel(words.newOrganizer, createForm(operator))}${panel(words.newLink, linkForm(operator))}`,
  };
}

function organizerTable({ language }: Operator, rows: readonly Organizer[]): Html {
  const words = operatorWords[language];
  return table({
    caption: words.organizers,
    rows,
    columns: [
      { label: words.name, cell: ({ name }) => name },
      { label: words.slug, cell: ({ slug }) => slug },
      {
        label: words.owners,
        cell: ({ activeOwners }) => (activeOwners === 0 ? chip(words.noOwner, 'warn') : chip(words.hasOwner, 'good')),
      },
      { label: words.since, cell: ({ createdAt }) => timeText(createdAt, language) },
    ],
  });
}

function createForm(operator: Operator): Html {
  const { language } = operator;
  const words = operatorWords[language];
  const form = operator.form('create');
  const body = [
    textField(form, language, { name: 'name', label: words.name, maxlength: 120 }),
    textField(form, language, { name: 'slug', label: words.slug, hint: words.slugHint, maxlength: 48 }),
    textField(form, language, { name: 'ownerName', label: words.ownerName, maxlength: 120 }),
    textField(form, language, { name: 'ownerEmail', label: words.ownerEmail, type: 'email', maxlength: 254 }),
    localeField(form, language, words.locale),
  ];
  return openForm({ form, language, path: `${listPath}?lang=${language}`, body, submit: words.newOrganizer });
}

function linkForm(operator: Operator): Html {
  const { language } = operator;
  const words = operatorWords[language];
  const form = operator.form('link');
  const body = [
    textField(form, language, { name: 'slug', label: words.slug, maxlength: 48 }),
    textField(form, language, { name: 'email', label: words.memberEmail, type: 'email', maxlength: 254 }),
  ];
  return html`<p>${words.newLinkText}</p>${openForm({ form, language, path: `${listPath}?lang=${language}`, body, submit: words.newLink })}`;
}

const create: OperatorAct = async (operator, values) => {
  const made = await operator.call<Link>('POST', '/organizers', {
    name: values.text('name'),
    slug: values.text('slug'),
    ownerName: values.text('ownerName'),
    ownerEmail: values.text('ownerEmail'),
    locale: values.text('locale'),
  });
  return linkView(operator, made);
};

const link: OperatorAct = async (operator, values) => {
  const path = `/organizers/${encodeURIComponent(values.text('slug'))}/links`;
  return linkView(operator, await operator.call<Link>('POST', path, { email: values.text('email') }));
};

/** The link is shown only in this response. */
function linkView({ language }: Operator, made: Link): OperatorView {
  const words = operatorWords[language];
  return {
    title: words.linkTitle,
    body: html`<p class="lead">${words.linkText(timeText(made.expiresAt, language))}</p><p><code class="secret">${made.link}</code></p>
<p><a class="button button-quiet" href="${listPath}?lang=${language}">${words.back}</a></p>`,
  };
}
