import { html } from 'hono/html';
import { formatCount, formatMoney } from '../../../../platform/text/format-money.ts';
import { formatClock, formatDate, formatDateTime, formatSeconds } from '../../../../platform/text/format-time.ts';
import { saleWords } from '../../../i18n/words/desk/sale.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import type { AddPage, Desk, View } from '../desk.ts';
import { eventParam, eventView, ownEvent } from '../events/own-event.ts';
import { barChart } from '../parts/chart.ts';
import { bigFigures, linkButton, panel } from '../parts/pieces.ts';
import { denseTable } from '../parts/table.ts';
import { chartKey } from './live-sale.ts';

/** A past sale, minute by minute. One minute is shown large, with links to its neighbours. The chart and the table show all minutes. */
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
  if (data.length === 0) return { ...view, body: html`<p class="nothing">${words.noMinutes}</p>` };
  const next = new Date(Date.parse(data.at(-1)?.at ?? '') + 60_000).toISOString();
  const days = data.map(({ at }) => formatDate(at, event.timeZone, language, 'medium'));
  const beginsDay = new Set(data.filter((_, index) => days[index] !== days[index - 1]));
  const count = (value: number | null) => (value === null ? '–' : formatCount(value, language));
  return {
    ...view,
    body: html`${momentPart(desk, event.timeZone, data)}<section class="panel">${barChart(
      words.historyChart,
      data.map(({ at, orders, paidOrders }) => ({
        label: formatClock(at, event.timeZone, language),
        values: [orders, paidOrders],
      })),
      chartKey(language),
    )}</section>
${denseTable({
  caption: words.again,
  rows: data,
  columns: [
    {
      label: words.minute,
      // The day stands only where it begins, so that the column stays narrow.
      cell: (row) =>
        html`<a href="${momentPath(desk, row.at)}">${beginsDay.has(row) ? formatDateTime(row.at, event.timeZone, language, 'medium') : formatClock(row.at, event.timeZone, language)}</a>`,
    },
    { label: words.orders, cell: ({ orders }) => count(orders), isNumber: true },
    { label: words.paidOrders, cell: ({ paidOrders }) => count(paidOrders), isNumber: true },
    { label: words.amount, cell: ({ paidAmount }) => formatMoney(paidAmount, language), isNumber: true },
    { label: words.sold, cell: ({ sold }) => count(sold), isNumber: true },
    { label: words.held, cell: ({ held }) => count(held), isNumber: true },
    { label: words.expired, cell: ({ funnel }) => count(funnel.expired), isNumber: true },
    { label: words.available, cell: ({ available }) => count(available), isNumber: true },
    { label: words.admitted, cell: ({ admitted }) => count(admitted), isNumber: true },
    {
      // Figures of what stood belong to this moment, not to the end of the minute.
      label: words.readAt,
      cell: ({ readAt }) => (readAt === null ? '–' : formatSeconds(readAt, event.timeZone, language)),
      isNumber: true,
    },
  ],
})}${isComplete ? '' : html`<p>${linkButton(`${desk.path}?from=${encodeURIComponent(next)}`, words.more, true)}</p>`}`,
  };
}

type Minute = Data<'/v1/organizers/:slug/events/:eventId/sales/minutes'>['data'][number];

const momentPath = (desk: Desk, at: string): string => {
  const from = desk.query('from');
  return `${desk.path}?${new URLSearchParams({ ...(from === undefined ? {} : { from }), at }).toString()}#moment`;
};

/** The minute in the address, or the next one with data. Without one, the busiest minute. */
function momentPart(desk: Desk, timeZone: string, minutes: readonly Minute[]): Html {
  const { language } = desk;
  const words = saleWords[language];
  const busiest = minutes.reduce(
    (best, { orders }, index) => (orders > (minutes[best]?.orders ?? 0) ? index : best),
    0,
  );
  const at = desk.query('at');
  const sought = at === undefined ? busiest : minutes.findIndex((minute) => minute.at >= at);
  const index = sought === -1 ? minutes.length - 1 : sought;
  const minute = minutes[index];
  if (minute === undefined) return html``;
  const figure = (label: string, value: number | null) =>
    value === null ? [] : [[label, formatCount(value, language)] as const];
  const steps = [
    [words.firstMinute, 0],
    [words.minuteBefore, index - 1],
    [words.busiestMinute, busiest],
    [words.minuteAfter, index + 1],
    [words.lastMinute, minutes.length - 1],
  ] as const;
  const links = steps.flatMap(([label, to]) => {
    const step = minutes[to];
    return step === undefined || to === index ? [] : [linkButton(momentPath(desk, step.at), label, true)];
  });
  return panel(
    formatDateTime(minute.at, timeZone, language, 'medium'),
    html`${bigFigures([
      ...figure(words.orders, minute.orders),
      ...figure(words.paidOrders, minute.paidOrders),
      [words.amount, formatMoney(minute.paidAmount, language)],
      ...figure(words.sold, minute.sold),
      ...figure(words.held, minute.held),
      ...figure(words.available, minute.available),
      ...figure(words.waiting, minute.waiting),
      ...figure(words.admitted, minute.admitted),
    ])}<h3>${words.funnel}</h3>${bigFigures([
      ...figure(words.held, minute.funnel.held),
      ...figure(words.instructed, minute.funnel.instructed),
      ...figure(words.paid, minute.funnel.paid),
      ...figure(words.expired, minute.funnel.expired),
    ])}${minute.readAt === null ? '' : html`<p class="muted small">${words.stoodAt(formatSeconds(minute.readAt, timeZone, language))}</p>`}<nav class="page-actions" aria-label="${words.minutes}">${links}</nav>`,
    'moment',
  );
}
