/** What a buyer can do at an event now. The page says it first and shows the order form only while it is open. */
export type SaleStage = 'open' | 'upcoming' | 'sold_out' | 'over';

type State = { readonly saleState: string; readonly band: string };

/** The event's ticket categories. Server and page use this file, so they decide in the same way. */
export function saleStageOf(categories: readonly State[]): SaleStage {
  if (categories.some(({ saleState, band }) => saleState === 'open' && band !== 'none')) return 'open';
  if (categories.some(({ saleState }) => saleState === 'upcoming')) return 'upcoming';
  return categories.some(({ saleState }) => saleState === 'open') ? 'sold_out' : 'over';
}

/** Whether people can wait for places of a category: it is on sale, and has none. */
export function isAnySoldOut(categories: readonly State[]): boolean {
  return categories.some(({ saleState, band }) => saleState === 'open' && band === 'none');
}
