/** What decides whether tickets of a category are on sale. */
export type SaleFacts = {
  readonly status: 'on_sale' | 'closed';
  readonly saleOpensAt: Date;
  readonly saleClosesAt: Date;
  readonly event: { readonly status: 'draft' | 'published' | 'cancelled'; readonly sales: 'open' | 'closed' };
};

export type SaleState = 'upcoming' | 'open' | 'closed';

/**
 * Whether a category is on sale at `now`. The window is half-open: open at `saleOpensAt`, closed at `saleClosesAt`. For
 * display only: orders use Postgres' time.
 */
export function saleStateOf(category: SaleFacts, now: Date): SaleState {
  const isStopped =
    category.status === 'closed' || category.event.sales === 'closed' || category.event.status !== 'published';
  if (isStopped || now >= category.saleClosesAt) return 'closed';
  return now < category.saleOpensAt ? 'upcoming' : 'open';
}

/** Milliseconds until time changes the state; undefined if it will not. */
export function saleTurnsInMs(category: SaleFacts, now: Date): number | undefined {
  const state = saleStateOf(category, now);
  if (state === 'closed') return undefined;
  return (state === 'upcoming' ? category.saleOpensAt : category.saleClosesAt).getTime() - now.getTime();
}
