import { html } from 'hono/html';
import { formatDate } from '../../../../platform/text/format-time.ts';
import { eventWords } from '../../../i18n/words/desk/events/events.ts';
import { statusWords } from '../../../i18n/words/desk/statuses.ts';
import type { AddPage, Desk, View } from '../desk.ts';
import { tasksNotice } from '../log/tasks.ts';
import { isLimited } from '../nav.ts';
import { emptyState, eventChip, filterLinks, linkButton } from '../parts/pieces.ts';
import { pageQuery, paging, table } from '../parts/table.ts';

const eventsPerPage = 25;
const statuses = ['draft', 'published', 'cancelled'] as const;

/** All events of the organiser: upcoming first, past last. */
export function eventListPage(addPage: AddPage): void {
  addPage('/desk', showEvents);
}

async function showEvents(desk: Desk): Promise<View> {
  const { language, slug } = desk;
  const words = eventWords[language];
  if (desk.member.role === 'door') return doorOnly(words);
  const status = statuses.find((known) => known === desk.query('status'));
  const cursor = desk.query('cursor');
  const { data, nextCursor } = await desk.api.get('/v1/organizers/:slug/events', {
    param: { slug },
    query: { limit: eventsPerPage, ...(status && { status }), ...pageQuery(desk) },
  });
  if (data.length === 0 && status === undefined && cursor === undefined) {
    return {
      title: words.events,
      section: 'events',
      body: isLimited(desk.member)
        ? emptyState(words.noneTitle, words.noneOfYours)
        : emptyState(words.noneTitle, words.noneText, { path: '/desk/events/new', label: words.newEvent }),
    };
  }
  const filter = [undefined, ...statuses].map((one) => ({
    path: one === undefined ? '/desk' : `/desk?status=${one}`,
    label: one === undefined ? words.all : (statusWords[language][one] ?? one),
    isCurrent: one === status,
  }));
  return {
    title: words.events,
    section: 'events',
    body: html`${await tasksNotice(desk)}${!isLimited(desk.member) ? html`<p class="page-actions">${linkButton('/desk/events/new', words.newEvent)}</p>` : ''}
${filterLinks(words.filter, filter)}
${table({
  caption: words.events,
  rows: data,
  columns: [
    { label: words.name, cell: (event) => html`<a href="/desk/events/${event.id}">${event.name}</a>` },
    { label: words.when, cell: (event) => formatDate(event.startsAt, event.timeZone, language, 'medium') },
    { label: words.where, cell: (event) => `${event.venue}, ${event.city}` },
    { label: words.status, cell: (event) => eventChip(event.status, language) },
  ],
})}
${data.length === 0 ? html`<p class="nothing">${words.noneOfStatus}</p>` : ''}${paging(desk, nextCursor, { status })}`,
  };
}

function doorOnly(words: (typeof eventWords)['id']): View {
  return {
    title: words.doorTitle,
    body: html`<p class="lead">${words.doorText}</p><p>${linkButton('/door', words.toDoor)}</p>`,
  };
}
