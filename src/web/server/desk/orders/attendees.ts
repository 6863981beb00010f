import { html } from 'hono/html';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { orderWords } from '../../../i18n/words/desk/orders/orders.ts';
import type { Act, AddPage, Desk, View } from '../desk.ts';
import { isLimited } from '../nav.ts';
import { eventParam, eventPath, eventView, ownEvent } from '../events/own-event.ts';
import { chip, filterLinks, linkButton } from '../parts/pieces.ts';
import { pageQuery, paging, table } from '../parts/table.ts';
import { foundPath, searchForm } from './order-search.ts';

const attendeesPerPage = 50;
const presences = ['not_yet', 'in', 'out'] as const;

/** Everybody with a ticket, and whether they have entered. */
export function attendeePage(addPage: AddPage): void {
  addPage('/desk/events/:eventId/attendees', showAttendees, { search });
}

/** A person is found by the orders, which know every name on a ticket. Their story tells of the door. */
const search: Act = (desk, values) => Promise.resolve(foundPath(desk, values, eventPath(desk, '/orders')));

async function showAttendees(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = orderWords[language];
  const event = await ownEvent(desk);
  const presence = presences.find((known) => known === desk.query('presence'));
  const { data, nextCursor } = await desk.api.get('/v1/organizers/:slug/events/:eventId/attendees', {
    param: eventParam(desk),
    query: { limit: attendeesPerPage, ...(presence && { presence }), ...pageQuery(desk) },
  });
  const filter = [undefined, ...presences].map((one) => ({
    path: one === undefined ? desk.path : `${desk.path}?presence=${one}`,
    label: one === undefined ? words.all : words.presences[one],
    isCurrent: one === presence,
  }));
  return {
    title: words.attendees,
    ...eventView(event),
    eventSection: 'attendees',
    body: html`${searchForm(desk, '', words.searchAttendee)}<p class="page-actions">${linkButton(`/desk/events/${event.id}/announcements`, words.announce, true)}${isLimited(desk.member) ? '' : html` ${linkButton(`/desk/reports?event=${event.id}`, words.download, true)}`}</p>
${filterLinks(words.presence, filter)}
${
  data.length === 0
    ? html`<p class="nothing">${words.noAttendees}</p>`
    : table({
        caption: words.attendees,
        rows: data,
        columns: [
          {
            label: words.name,
            cell: ({ name, holderName, answers = [] }) =>
              html`${holderName ?? name}${answers.map(({ question, value }) => html`<br><span class="muted small">${question}: ${value}</span>`)}`,
          },
          { label: words.category, cell: ({ ticketCategory }) => ticketCategory },
          {
            label: words.presence,
            cell: (one) => chip(words.presences[one.presence], one.presence === 'in' ? 'good' : 'plain'),
          },
          {
            label: words.admittedAt,
            cell: ({ admittedAt, gate }) =>
              admittedAt === undefined
                ? ''
                : `${formatDateTime(admittedAt, event.timeZone, language, 'medium')}${gate === null || gate === undefined ? '' : `, ${gate}`}`,
          },
          {
            label: words.order,
            cell: ({ orderId, orderCode }) => html`<a href="/desk/orders/${orderId}">${orderCode}</a>`,
          },
        ],
      })
}${paging(desk, nextCursor, { presence })}`,
  };
}
