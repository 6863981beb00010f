/** What a buyer can do at an event now. The page says it first and shows the order form only while it is open. */
export type SaleStage = 'open' | 'upcoming' | 'sold_out' | 'over';

/** The event's ticket categories. Server and page use this file, so they decide in the same way. */
export function saleStageOf(categories: readonly { readonly saleState: string; readonly band: string }[]): SaleStage {
  if (categories.some(({ saleState, band }) => saleState === 'open' && band !== 'none')) return 'open';
  if (categories.some(({ saleState }) => saleState === 'upcoming')) return 'upcoming';
  return categories.some(({ saleState }) => saleState === 'open') ? 'sold_out' : 'over';
}
