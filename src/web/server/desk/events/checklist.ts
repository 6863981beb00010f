import { html } from 'hono/html';
import { isProblem } from '../../../../client/problem.ts';
import { checklistWords } from '../../../i18n/words/desk/events/checklist.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import type { Desk } from '../desk.ts';
import { deskPaths } from '../nav.ts';
import { chip, panel } from '../parts/pieces.ts';
import type { EventOfDesk } from './editor/event-form.ts';
import { eventParam } from './own-event.ts';

export type Missing = Data<'/v1/organizers/:slug/events/:eventId/publication'>['missing'][number];

export async function missingOf(desk: Desk): Promise<readonly Missing[]> {
  const path = '/v1/organizers/:slug/events/:eventId/publication';
  return (await desk.api.get(path, { param: eventParam(desk) })).missing;
}

type Step = {
  readonly label: string;
  /** Undefined for what only an owner can do. */
  readonly path: string | undefined;
  readonly isDone: boolean;
  readonly isOptional?: boolean;
};

/** The steps from a draft to a sale. Whether a step is done is read from the data it creates, never stored. */
export async function checklist(desk: Desk, event: EventOfDesk): Promise<Html> {
  const words = checklistWords[desk.language];
  const steps = await stepsOf(desk, event);
  const items = steps.map(({ label, path, isDone, isOptional }) => {
    const state = isDone
      ? chip(words.done, 'good')
      : chip(isOptional === true ? words.optional : words.open, isOptional === true ? 'plain' : 'warn');
    return html`<li>${path === undefined ? html`${label} <span class="muted">${words.byOwner}</span>` : html`<a href="${path}">${label}</a>`} ${state}</li>`;
  });
  const left = steps.filter(({ isDone, isOptional }) => !isDone && isOptional !== true).length;
  return panel(
    words.title,
    html`<p>${left === 0 ? words.ready : words.left(left)}</p><ol class="checklist">${items}</ol>`,
  );
}

async function stepsOf(desk: Desk, event: EventOfDesk): Promise<readonly Step[]> {
  const words = checklistWords[desk.language];
  const param = eventParam(desk);
  const { slug } = desk;
  const [missing, gates, staff, senders] = await Promise.all([
    missingOf(desk),
    desk.api.get('/v1/organizers/:slug/events/:eventId/gates', { param }),
    desk.api.get('/v1/organizers/:slug/staff', { param: { slug }, query: { limit: 2 } }).catch(notAllowed),
    desk.api.get('/v1/organizers/:slug/senders', { param: { slug } }).catch(notAllowed),
  ]);
  const lacks = (prefix: string) => missing.some(({ code }) => code.startsWith(prefix));
  const path = `/desk/events/${event.id}`;
  return [
    { label: words.event, path: `${path}/details`, isDone: !lacks('event.') },
    { label: words.tickets, path: `${path}/tickets`, isDone: !lacks('ticket_category.') },
    {
      label: words.payment,
      path: desk.member.role === 'owner' ? deskPaths.paymentAccounts : undefined,
      isDone: !lacks('payment.') && !lacks('ticket_category.none'),
    },
    ...(senders === undefined
      ? []
      : [{ label: words.sender, path: deskPaths.senders, isDone: senders.data.length > 0, isOptional: true }]),
    ...(staff === undefined
      ? []
      : [{ label: words.staff, path: deskPaths.staff, isDone: staff.data.length > 1, isOptional: true }]),
    { label: words.gates, path: `${path}/gates`, isDone: gates.data.length > 0, isOptional: true },
    { label: words.publish, path: `${path}/publication`, isDone: event.status === 'published' },
  ];
}

/** Not every manager may see every part of an organiser. A step that the member cannot take, and that is optional, is left out. */
function notAllowed(error: unknown): undefined {
  if (!isProblem(error, 'access.forbidden')) throw error;
}
