import { html } from 'hono/html';
import { formatCount, formatMoney } from '../../../../platform/text/format-money.ts';
import { formatClock, formatClockIn } from '../../../../platform/text/format-time.ts';
import type { Language } from '../../../i18n/language.ts';
import { publicationWords } from '../../../i18n/words/desk/events/publication.ts';
import { saleWords } from '../../../i18n/words/desk/sale.ts';
import { statusWords } from '../../../i18n/words/desk/statuses.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import type { AddPage, Desk, View } from '../desk.ts';
import { eventParam, eventPath, eventView, ownEvent } from '../events/own-event.ts';
import { salesNotice } from '../events/sales-notice.ts';
import { type ChartKey, barChart } from '../parts/chart.ts';
import { bigFigures, facts, linkButton, panel } from '../parts/pieces.ts';
import { table } from '../parts/table.ts';
import { saleStreamPath } from './sale-stream.ts';

type Figures = Data<'/v1/organizers/:slug/events/:eventId/sales/figures'>;

/** A running sale on one screen. A script renews the figures when the live stream reports a change; without it, reload the page. */
export function liveSalePage(addPage: AddPage): void {
  addPage('/desk/events/:eventId/sale', showSale);
}

async function showSale(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = saleWords[language];
  const event = await ownEvent(desk);
  const figures = await desk.api.get('/v1/organizers/:slug/events/:eventId/sales/figures', { param: eventParam(desk) });
  const streamPath = saleStreamPath.replace(':slug', desk.slug).replace(':eventId', event.id);
  return {
    title: words.title,
    ...eventView(event),
    eventSection: 'sale',
    script: 'desk/sale.ts',
    body: html`<p class="muted" id="sale-state" role="status" data-live="${words.live}" data-lost="${words.lost}"></p>
<div id="figures" class="sale" data-stream="${streamPath}">${salesNotice(event, language)}${figuresPart(figures, event.timeZone, language)}</div>
<p class="page-actions">${linkButton(`${desk.path}/replay`, words.again, true)}${event.status === 'published' ? html` ${linkButton(eventPath(desk, '/publication#all-sales'), publicationWords[language][event.sales === 'open' ? 'closeSales' : 'openSales'], true)}` : ''}</p>`,
  };
}

function figuresPart(figures: Figures, timeZone: string, language: Language): Html {
  const words = saleWords[language];
  const count = (value: number) => formatCount(value, language);
  const behindMs = Date.parse(figures.asOf) - Date.parse(figures.totalsAsOf);
  return html`<section class="panel sale-rate" data-behind-ms="${Math.max(0, behindMs)}"><p><strong>${count(figures.ordersPerSecond)}</strong> ${words.perSecond}</p>
<p class="muted">${words.asOf} ${formatClockIn(figures.asOf, timeZone, language)}</p>
${barChart(
  words.chart,
  figures.minutes.map(({ at, orders, paidOrders }) => ({
    label: formatClock(at, timeZone, language),
    values: [orders, paidOrders],
  })),
  chartKey(language),
)}</section>
${figures.pools.length === 0 ? '' : panel(words.stock, html`${figures.pools.map((pool) => poolPart(pool, language))}`)}
${panel(
  words.funnel,
  bigFigures([
    [words.held, count(figures.funnel.held)],
    [words.instructed, count(figures.funnel.instructed)],
    [words.paid, count(figures.funnel.paid)],
    [words.expired, count(figures.funnel.expired)],
    [words.cancelled, count(figures.funnel.cancelled)],
    [words.refunded, count(figures.funnel.refunded)],
  ]),
)}
${moneyPart(figures, language)}${waitingPart(figures, language)}${doorPart(figures, language)}${messagePart(figures, language)}`;
}

/** What the bars of a sale's charts mean. */
export const chartKey = (language: Language): ChartKey => {
  const words = saleWords[language];
  return { parts: [words.orders, words.paidOrders], most: (value) => words.peak(formatCount(value, language)) };
};

function poolPart(pool: Figures['pools'][number], language: Language): Html {
  const words = saleWords[language];
  const names = pool.ticketCategories.map(({ name }) => name).join(', ');
  const share = pool.capacity === 0 ? 0 : Math.floor((pool.sold / pool.capacity) * 100);
  return html`<div class="pool"><h3>${names === '' ? pool.pool : names}</h3>
<meter min="0" max="${Math.max(1, pool.capacity)}" value="${pool.sold + pool.held}" aria-label="${names === '' ? pool.pool : names}">${words.soldShare(share)}</meter>
${bigFigures([
  [words.sold, formatCount(pool.sold, language)],
  [words.held, formatCount(pool.held, language)],
  [words.available, formatCount(pool.available, language)],
])}</div>`;
}

function moneyPart({ money }: Figures, language: Language): Html {
  const words = saleWords[language];
  return panel(
    words.money,
    facts([
      [words.received, formatMoney(money.received, language)],
      [words.moneyRefunded, formatMoney(money.refunded, language)],
      [words.gatewayFees, formatMoney(money.gatewayFees, language)],
      [words.net, html`<strong>${formatMoney(money.net, language)}</strong>`],
      [words.fees, formatMoney(money.fees, language)],
    ]),
  );
}

function waitingPart({ waitingRoom: room }: Figures, language: Language): Html {
  if (room === null) return html``;
  const words = saleWords[language];
  return panel(
    words.waiting,
    facts([
      [words.phase, statusWords[language][room.phase] ?? room.phase],
      [words.places, formatCount(room.places, language)],
      [words.called, formatCount(room.called, language)],
      [words.rate, formatCount(room.rate, language)],
    ]),
  );
}

function doorPart({ eventId, checkIns }: Figures, language: Language): Html {
  if (checkIns.admitted === 0 && checkIns.gates.length === 0) return html``;
  const words = saleWords[language];
  const count = (value: number) => formatCount(value, language);
  return panel(
    words.checkIns,
    html`${bigFigures([
      [words.admitted, count(checkIns.admitted)],
      [words.inside, count(checkIns.inside)],
    ])}${
      checkIns.conflicts === 0
        ? ''
        : html`<p class="notice notice-bad"><a href="/desk/events/${eventId}/sale/conflicts">${words.conflicts(checkIns.conflicts)}</a></p>`
    }${table({
      caption: words.checkIns,
      rows: checkIns.gates,
      columns: [
        { label: words.gate, cell: ({ gate }) => gate ?? words.noGate },
        { label: words.entries, cell: ({ entries }) => count(entries), isNumber: true },
        { label: words.exits, cell: ({ exits }) => count(exits), isNumber: true },
        { label: words.refusedScans, cell: ({ refused }) => count(refused), isNumber: true },
      ],
    })}${
      checkIns.zones.length === 0
        ? ''
        : table({
            caption: words.zones,
            rows: checkIns.zones,
            columns: [
              { label: words.zone, cell: ({ name }) => name },
              { label: words.inside, cell: ({ inside }) => count(inside), isNumber: true },
              {
                label: words.capacity,
                cell: ({ capacity }) => (capacity === null ? words.noCapacity : count(capacity)),
                isNumber: true,
              },
            ],
          })
    }`,
  );
}

function messagePart({ messages }: Figures, language: Language): Html {
  if (messages.length === 0) return html``;
  const words = saleWords[language];
  return panel(
    words.messages,
    facts(
      messages.map(({ channel, status, count }) => [
        `${channel === 'email' ? 'Email' : 'WhatsApp'}, ${statusWords[language][status] ?? status}`,
        formatCount(count, language),
      ]),
    ),
  );
}
