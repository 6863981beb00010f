import { html } from 'hono/html';
import { formatCount } from '../../../../platform/text/format-money.ts';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { waitingListDeskWords } from '../../../i18n/words/desk/events/waiting-list.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import type { Desk } from '../desk.ts';
import { panel } from '../parts/pieces.ts';
import { table } from '../parts/table.ts';
import type { EventOfDesk } from './editor/event-form.ts';
import { eventParam } from './own-event.ts';

type Line = Data<'/v1/organizers/:slug/events/:eventId/waiting-list'>['data'][number];

/** Counts of the waiting list. Empty if the event never had one. */
export async function waitingListPart(desk: Desk, event: EventOfDesk): Promise<Html> {
  const path = '/v1/organizers/:slug/events/:eventId/waiting-list';
  const { data: lines } = await desk.api.get(path, { param: eventParam(desk) });
  if (!event.hasWaitingList && lines.every(isEmpty)) return html``;
  const { language } = desk;
  const words = waitingListDeskWords[language];
  const count = (label: string, of: (line: Line) => number) => ({
    label,
    cell: (line: Line) => formatCount(of(line), language),
    isNumber: true,
  });
  const rows = table({
    caption: words.title,
    rows: lines,
    columns: [
      { label: words.category, cell: ({ name }) => name },
      count(words.waiting, ({ waiting }) => waiting),
      count(words.tickets, ({ tickets }) => tickets),
      {
        label: words.since,
        cell: ({ waitingSince }) =>
          waitingSince === null ? words.nobody : formatDateTime(waitingSince, event.timeZone, language, 'medium'),
      },
      count(words.open, ({ offers }) => offers.open),
      count(words.taken, ({ offers }) => offers.taken),
      count(words.lapsed, ({ offers }) => offers.lapsed),
    ],
  });
  return panel(words.title, html`<p class="hint">${words.text}</p>${rows}`, 'waiting-list');
}

function isEmpty({ waiting, offers }: Line): boolean {
  return waiting + offers.open + offers.taken + offers.lapsed === 0;
}
