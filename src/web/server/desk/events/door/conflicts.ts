import { html } from 'hono/html';
import { formatClock, formatDateTime } from '../../../../../platform/text/format-time.ts';
import { orderCode, orderIdOf } from '../../../../../platform/ids.ts';
import { conflictWords, faultText } from '../../../../i18n/words/desk/events/conflicts.ts';
import { saleWords } from '../../../../i18n/words/desk/sale.ts';
import type { Language } from '../../../../i18n/language.ts';
import type { Data } from '../../api.ts';
import type { AddPage, Desk, View } from '../../desk.ts';
import { pageQuery, paging, table } from '../../parts/table.ts';
import { eventView, ownEvent } from '../own-event.ts';

type Conflict = Data<'/v1/events/:id/check-ins/conflicts'>['data'][number];

const conflictsPerPage = 50;

/** What people should look into after doors without a network have sent their scans. */
export function conflictPage(addPage: AddPage): void {
  addPage('/desk/events/:eventId/sale/conflicts', showConflicts);
}

async function showConflicts(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = conflictWords[language];
  const [event, { data, nextCursor }] = await Promise.all([
    ownEvent(desk),
    desk.api.get('/v1/events/:id/check-ins/conflicts', {
      param: { id: desk.param('eventId') },
      query: { limit: conflictsPerPage, ...pageQuery(desk) },
    }),
  ]);
  const { timeZone } = event;
  const list = table({
    caption: words.title,
    rows: data,
    columns: [
      { label: words.at, cell: ({ at }) => formatDateTime(at, timeZone, language, 'medium') },
      { label: words.problem, cell: (conflict) => problemText(conflict, language) },
      { label: words.here, cell: (conflict) => placeText(conflict, language) },
      {
        label: words.first,
        cell: ({ other }) =>
          other === null ? '–' : `${formatClock(other.at, timeZone, language)} · ${placeText(other, language)}`,
      },
      {
        label: words.order,
        cell: ({ ticketId }) => {
          if (ticketId === null) return '–';
          const orderId = orderIdOf(ticketId);
          return html`<a href="/desk/orders/${orderId}">${orderCode(orderId)}</a>`;
        },
      },
    ],
  });
  return {
    title: words.title,
    ...eventView(event),
    eventSection: 'sale',
    body: html`<p class="lead">${words.lead}</p>${data.length === 0 ? html`<p class="nothing">${words.none}</p>` : list}${paging(desk, nextCursor)}`,
  };
}

function problemText({ fault, other }: Conflict, language: Language): string {
  return [
    ...(other === null ? [] : [conflictWords[language].twice]),
    ...(fault === null ? [] : [faultText(fault, language)]),
  ].join(' · ');
}

function placeText({ gate, by }: Pick<Conflict, 'gate' | 'by'>, language: Language): string {
  return [gate ?? saleWords[language].noGate, ...(by === null ? [] : [by])].join(' · ');
}
