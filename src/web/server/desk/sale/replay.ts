import { html } from 'hono/html';
import { formatCount, formatMoney } from '../../../../platform/text/format-money.ts';
import { formatClock, formatDateTime } from '../../../../platform/text/format-time.ts';
import { saleWords } from '../../../i18n/words/desk/sale.ts';
import type { AddPage, Desk, View } from '../desk.ts';
import { eventParam, eventView, ownEvent } from '../events/own-event.ts';
import { barChart } from '../parts/chart.ts';
import { linkButton } from '../parts/pieces.ts';
import { table } from '../parts/table.ts';

/** A sale minute by minute, after it has happened. Its chart and its table have the same figures. */
export function saleReplayPage(addPage: AddPage): void {
  addPage('/desk/events/:eventId/sale/replay', showReplay);
}

async function showReplay(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = saleWords[language];
  const event = await ownEvent(desk);
  const from = desk.query('from');
  const { data, isComplete } = await desk.api.get('/v1/organizers/:slug/events/:eventId/sales/minutes', {
    param: eventParam(desk),
    query: from === undefined ? {} : { from },
  });
  const view = { title: words.again, ...eventView(event), eventSection: 'sale' as const };
  if (data.length === 0) return { ...view, body: html`<p>${words.noMinutes}</p>` };
  const next = new Date(Date.parse(data.at(-1)?.at ?? '') + 60_000).toISOString();
  const count = (value: number | null) => (value === null ? '–' : formatCount(value, language));
  return {
    ...view,
    body: html`<section class="panel">${barChart(
      words.historyChart,
      data.map(({ at, orders, paidOrders }) => ({
        label: formatClock(at, event.timeZone, language),
        values: [orders, paidOrders],
      })),
    )}</section>
${table({
  caption: words.again,
  rows: data,
  columns: [
    { label: words.minute, cell: ({ at }) => formatDateTime(at, event.timeZone, language, 'medium') },
    { label: words.orders, cell: ({ orders }) => count(orders), isNumber: true },
    { label: words.paidOrders, cell: ({ paidOrders }) => count(paidOrders), isNumber: true },
    { label: words.amount, cell: ({ paidAmount }) => formatMoney(paidAmount, language), isNumber: true },
    { label: words.sold, cell: ({ sold }) => count(sold), isNumber: true },
    { label: words.held, cell: ({ held }) => count(held), isNumber: true },
    { label: words.available, cell: ({ available }) => count(available), isNumber: true },
    { label: words.admitted, cell: ({ admitted }) => count(admitted), isNumber: true },
  ],
})}${isComplete ? '' : html`<p>${linkButton(`${desk.path}?from=${encodeURIComponent(next)}`, words.more, true)}</p>`}`,
  };
}
