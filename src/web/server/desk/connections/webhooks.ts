import { html } from 'hono/html';
import { askWords } from '../../../i18n/words/desk/asks.ts';
import { formatCount } from '../../../../platform/text/format-money.ts';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { homeTimeZone } from '../../../../platform/text/home.ts';
import { connectionWords } from '../../../i18n/words/desk/connections.ts';
import { statusWords } from '../../../i18n/words/desk/statuses.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { changedChoice, changedOnly } from '../forms.ts';
import { askedForm, deskForm, rowForm } from '../parts/form.ts';
import { chip, facts, linkButton, panel, withCode } from '../parts/pieces.ts';
import { pageQuery, paging, table } from '../parts/table.ts';
import { endpointFields, endpointOf, subscribableTypes } from './endpoint-fields.ts';

const replayHours = 24;

/** Webhook endpoints, their deliveries, and replay. */
export function webhookPages(addPage: AddPage): void {
  addPage('/desk/webhooks', showEndpoints, { add });
  addPage('/desk/webhooks/:endpointId', showEndpoint, { save, rotate, test, stop, resume, remove, again, replayAll });
}

async function showEndpoints(desk: Desk): Promise<View> {
  const { language, slug } = desk;
  const words = connectionWords[language];
  const { data } = await desk.api.get('/v1/organizers/:slug/webhooks', { param: { slug } });
  return {
    title: words.webhooks,
    section: 'connections',
    body: html`<p class="lead">${words.webhooksLead}</p>
${
  data.length === 0
    ? html`<p class="nothing">${words.noWebhooks}</p>`
    : table({
        caption: words.webhooks,
        rows: data,
        columns: [
          { label: words.address, cell: ({ id, url }) => html`<a href="/desk/webhooks/${id}">${url}</a>` },
          { label: words.description, cell: ({ description }) => description },
          { label: words.status, cell: ({ status }) => statusChip(status, desk) },
        ],
      })
}
${isOwner(desk) ? panel(words.add, addForm(desk)) : html`<p class="muted">${words.webhooksByOwner}</p>`}`,
  };
}

/** A manager sees webhooks, tests them and has them sent again. Where they go, and their secret, is for an owner. */
const isOwner = ({ member }: Desk): boolean => member.role === 'owner';

function addForm(desk: Desk): Html {
  const { language } = desk;
  const words = connectionWords[language];
  const form = desk.form('add');
  return deskForm(desk, {
    form,
    body: endpointFields(form, language, { url: '', description: '', types: subscribableTypes }),
    submit: words.add,
  });
}

type Endpoint = Data<'/v1/organizers/:slug/webhooks/:endpointId'>;

function changePart(desk: Desk, endpoint: Endpoint): Html {
  const words = connectionWords[desk.language];
  const form = desk.form('save');
  const body = endpointFields(form, desk.language, endpoint);
  const changing = deskForm(desk, { form, body, submit: words.saveChange, isChange: true });
  return panel(words.change, html`<p class="muted">${words.changeText}</p>${changing}`);
}

function statusChip(status: string, { language }: Desk): Html {
  return chip(
    statusWords[language][status] ?? status,
    status === 'active' || status === 'delivered' ? 'good' : status === 'failed' ? 'bad' : 'plain',
  );
}

function typeText(type: string, { language }: Desk): Html {
  const names: Readonly<Record<string, string>> = connectionWords[language].typeNames;
  return withCode(names[type], type);
}

type LastTry = Data<'/v1/organizers/:slug/webhooks/:endpointId/deliveries'>['data'][number]['lastTry'];

/** The result of the last attempt: the failure in words, and the HTTP status. */
function answerText(lastTry: LastTry, { language }: Desk): string {
  if (lastTry === null) return '–';
  const { answerStatus, failure } = lastTry;
  const failures: Readonly<Record<string, string>> = connectionWords[language].failures;
  const text = failure === null ? '' : (failures[failure] ?? failure);
  if (answerStatus === null) return text || '–';
  return text === '' ? String(answerStatus) : `${text} (${answerStatus})`;
}

const endpointParam = (desk: Desk) => ({ slug: desk.slug, endpointId: desk.param('endpointId') });
const endpointPath = (desk: Desk) => `/desk/webhooks/${desk.param('endpointId')}`;

async function showEndpoint(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = connectionWords[language];
  const [endpoint, deliveries] = await Promise.all([
    desk.api.get('/v1/organizers/:slug/webhooks/:endpointId', { param: endpointParam(desk) }),
    desk.api.get('/v1/organizers/:slug/webhooks/:endpointId/deliveries', {
      param: endpointParam(desk),
      query: pageQuery(desk),
    }),
  ]);
  const act = (name: string, label: string) => deskForm(desk, { form: desk.form(name), submit: label, isSmall: true });
  const asked = (name: 'rotate' | 'remove' | 'replayAll', asks: string) =>
    askedForm(desk, { form: desk.form(name), label: words[name], asks });
  const asks = askWords[language];
  const isActive = endpoint.status === 'active';
  return {
    title: words.webhooks,
    section: 'connections',
    body: html`${panel(
      endpoint.url,
      html`${facts([
        [words.status, statusChip(endpoint.status, desk)],
        [words.description, endpoint.description],
        [words.stopped, endpoint.disabledReason === null ? undefined : words.stoppedBecause[endpoint.disabledReason]],
        [words.types, html`<ul>${endpoint.types.map((type) => html`<li>${typeText(type, desk)}</li>`)}</ul>`],
      ])}
<div class="page-actions">${isActive ? act('test', words.test) : ''}${
        isOwner(desk)
          ? html`${isActive ? act('stop', words.stop) : act('resume', words.resume)}${asked('rotate', asks.secret)}${asked('remove', asks.webhook)}`
          : ''
      }</div>${isOwner(desk) ? '' : html`<p class="muted">${words.webhooksByOwner}</p>`}`,
    )}
${isOwner(desk) ? changePart(desk, endpoint) : ''}
<h2>${words.deliveries}</h2>
${
  deliveries.data.length === 0
    ? html`<p class="nothing">${words.noDeliveries}</p>`
    : html`${asked('replayAll', asks.replayAll)}${table({
        caption: words.deliveries,
        rows: deliveries.data,
        columns: [
          { label: words.type, cell: ({ type }) => typeText(type, desk) },
          { label: words.at, cell: ({ occurredAt }) => formatDateTime(occurredAt, homeTimeZone, language, 'medium') },
          { label: words.status, cell: ({ status }) => statusChip(status, desk) },
          { label: words.tries, cell: ({ tries }) => formatCount(tries, language), isNumber: true },
          { label: words.answer, cell: ({ lastTry }) => answerText(lastTry, desk) },
          {
            label: words.again,
            cell: ({ webhookId }) =>
              rowForm(desk, { act: 'again', idField: 'webhookId', id: webhookId, submit: words.again }),
          },
        ],
      })}`
}${paging(desk, deliveries.nextCursor)}`,
  };
}

/** The secret is shown in this response and never again. */
function secretView(desk: Desk, secret: string, path: string): View {
  const words = connectionWords[desk.language];
  return {
    title: words.webhooks,
    section: 'connections',
    body: html`<p class="lead">${words.secretOnce}</p><p><code class="secret">${secret}</code></p><p>${linkButton(path, words.back, true)}</p>`,
  };
}

const add: Act = async (desk, values) => {
  const { id, secret } = await desk.api.post('/v1/organizers/:slug/webhooks', {
    param: { slug: desk.slug },
    json: endpointOf(values),
  });
  return secretView(desk, secret, `/desk/webhooks/${id}`);
};

/** The secret stays. */
const save: Act = async (desk, values) => {
  const param = endpointParam(desk);
  const now = await desk.api.get('/v1/organizers/:slug/webhooks/:endpointId', { param });
  const { url, description } = endpointOf(values);
  const types = changedChoice(values, 'types', { options: subscribableTypes, now: now.types });
  await desk.api.patch('/v1/organizers/:slug/webhooks/:endpointId', {
    param,
    json: { ...changedOnly(values, { url, description }), types },
  });
  return done(endpointPath(desk), 'saved');
};

const rotate: Act = async (desk) => {
  const { secret } = await desk.api.post('/v1/organizers/:slug/webhooks/:endpointId/secret', {
    param: endpointParam(desk),
  });
  return secretView(desk, secret, endpointPath(desk));
};

const test: Act = async (desk) => {
  await desk.api.post('/v1/organizers/:slug/webhooks/:endpointId/tests', { param: endpointParam(desk) });
  return done(endpointPath(desk), 'tested');
};

const stop: Act = async (desk) => {
  const json = { status: 'disabled' } as const;
  await desk.api.patch('/v1/organizers/:slug/webhooks/:endpointId', { param: endpointParam(desk), json });
  return done(endpointPath(desk), 'saved');
};

const resume: Act = async (desk) => {
  const json = { status: 'active' } as const;
  await desk.api.patch('/v1/organizers/:slug/webhooks/:endpointId', { param: endpointParam(desk), json });
  return done(endpointPath(desk), 'saved');
};

const remove: Act = async (desk) => {
  await desk.api.delete('/v1/organizers/:slug/webhooks/:endpointId', { param: endpointParam(desk) });
  return done('/desk/webhooks', 'removed');
};

const again: Act = async (desk, values) => {
  await desk.api.post('/v1/organizers/:slug/webhooks/:endpointId/deliveries/:webhookId/replay', {
    param: { ...endpointParam(desk), webhookId: values.text('webhookId') },
  });
  return done(endpointPath(desk), 'replayed');
};

const replayAll: Act = async (desk) => {
  const since = new Date(desk.now.getTime() - replayHours * 3_600_000).toISOString();
  await desk.api.post('/v1/organizers/:slug/webhooks/:endpointId/replays', {
    param: endpointParam(desk),
    json: { since },
  });
  return done(endpointPath(desk), 'replayed');
};
