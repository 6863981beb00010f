import { html } from 'hono/html';
import { formatCount, formatPrice } from '../../../../platform/text/format-money.ts';
import { formatDateTime } from '../../../../platform/text/format-time.ts';
import { statusWords } from '../../../i18n/words/desk/statuses.ts';
import { ticketWords } from '../../../i18n/words/desk/tickets/tickets.ts';
import type { Html } from '../../layout.ts';
import type { AddPage, Desk, View } from '../desk.ts';
import type { EventOfDesk } from '../events/editor/event-form.ts';
import { eventView, ownEvent } from '../events/own-event.ts';
import { chip, emptyState, linkButton, panel } from '../parts/pieces.ts';
import { table } from '../parts/table.ts';
import { saleTimeline } from './sale-timeline.ts';
import { type Category, type Pool, ticketsOf } from './tickets.ts';

/** The ticket categories and pools of an event. */
export function ticketsPage(addPage: AddPage): void {
  addPage('/desk/events/:eventId/tickets', showTickets);
}

async function showTickets(desk: Desk): Promise<View> {
  const words = ticketWords[desk.language];
  const [event, { pools, categories }] = await Promise.all([ownEvent(desk), ticketsOf(desk)]);
  const view = { title: words.title, ...eventView(event), eventSection: 'tickets' as const };
  const base = `/desk/events/${event.id}/tickets`;
  const newPool = { path: `${base}/pools/new`, label: words.newPool };
  if (pools.length === 0) return { ...view, body: emptyState(words.noPoolsTitle, words.noPoolsText, newPool) };
  const newCategory = { path: `${base}/categories/new`, label: words.newCategory };
  return {
    ...view,
    body: html`${
      categories.length === 0
        ? emptyState(words.noCategoriesTitle, words.noCategoriesText, newCategory)
        : categoriesPart(desk, event, { pools, categories, base })
    }${poolsPart(desk, pools, base)}`,
  };
}

type Shown = { readonly pools: readonly Pool[]; readonly categories: readonly Category[]; readonly base: string };

function categoriesPart(desk: Desk, event: EventOfDesk, { pools, categories, base }: Shown): Html {
  const { language } = desk;
  const words = ticketWords[language];
  const time = (at: string) => formatDateTime(at, event.timeZone, language, 'medium');
  return panel(
    words.categories,
    html`${table({
      caption: words.categories,
      rows: categories,
      columns: [
        { label: words.name, cell: ({ id, name }) => html`<a href="${base}/categories/${id}">${name}</a>` },
        { label: words.price, cell: ({ price }) => formatPrice(price, language), isNumber: true },
        { label: words.pool, cell: ({ poolId }) => pools.find(({ id }) => id === poolId)?.name ?? '' },
        { label: words.sale, cell: ({ saleOpensAt, saleClosesAt }) => `${time(saleOpensAt)} – ${time(saleClosesAt)}` },
        {
          label: words.state,
          cell: ({ status }) => chip(statusWords[language][status] ?? status, status === 'on_sale' ? 'good' : 'plain'),
        },
      ],
    })}${saleTimeline(categories, event, desk)}<p class="page-actions">${linkButton(`${base}/categories/new`, words.newCategory)}</p>`,
  );
}

function poolsPart({ language }: Desk, pools: readonly Pool[], base: string): Html {
  const words = ticketWords[language];
  const count = (label: string, key: 'capacity' | 'sold' | 'held' | 'blocked' | 'available') => ({
    label,
    cell: (pool: Pool) => formatCount(pool[key], language),
    isNumber: true,
  });
  return panel(
    words.pools,
    html`<p class="hint">${words.poolsHint}</p>${table({
      caption: words.pools,
      rows: pools,
      columns: [
        { label: words.name, cell: ({ id, name }) => html`<a href="${base}/pools/${id}">${name}</a>` },
        count(words.capacity, 'capacity'),
        count(words.sold, 'sold'),
        count(words.held, 'held'),
        count(words.blocked, 'blocked'),
        count(words.available, 'available'),
      ],
    })}<p class="page-actions">${linkButton(`${base}/pools/new`, words.newPool, true)}</p>`,
  );
}
