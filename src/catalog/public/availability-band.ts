/** The public view of the stock: precise enough to decide, and stable for many seconds of a rush. */
export const availabilityBands = ['many', 'few', 'last', 'none'] as const;
export type AvailabilityBand = (typeof availabilityBands)[number];

/** `last`: fewer than this many tickets, or less than this share of the capacity. */
const lastTicketsBelow = 10;
const lastRatioBelow = 0.02;
/** `few`: less than this share of the capacity. */
const fewRatioBelow = 0.15;

/** @param capacity all places of the pool that the category draws from */
export function availabilityBandOf({ available, capacity }: { available: number; capacity: number }): AvailabilityBand {
  if (available <= 0) return 'none';
  if (available < lastTicketsBelow || available < capacity * lastRatioBelow) return 'last';
  return available < capacity * fewRatioBelow ? 'few' : 'many';
}
