import type { MissingForPublication } from '../errors.ts';
import type { Availability } from '../ports.ts';
import type { EventRow, TicketCategoryRow } from '../queries.ts';

/**
 * Everything that an event lacks to be public. A change that would make a published event lack something is refused.
 */
export function missingForPublication(
  event: Pick<EventRow, 'startsAt' | 'endsAt' | 'doorsOpenAt'>,
  categories: readonly TicketCategoryRow[],
  stock: readonly Availability[],
): MissingForPublication[] {
  const missing: MissingForPublication[] = [];
  if (event.startsAt >= event.endsAt) {
    missing.push({ code: 'event.times', message: 'The event must start before it ends.' });
  }
  if (event.doorsOpenAt > event.endsAt) {
    missing.push({ code: 'event.doors', message: 'The doors must open before the event ends.' });
  }
  if (categories.length === 0) {
    missing.push({ code: 'ticket_category.none', message: 'There must be at least one ticket category with a price.' });
  }
  const capacities = new Map(stock.map((row) => [row.ticketCategoryId, row.capacity]));
  if (categories.length > 0 && !categories.some(({ id }) => (capacities.get(id) ?? 0) > 0)) {
    missing.push({ code: 'ticket_category.no_stock', message: 'At least one ticket category must have places.' });
  }
  for (const { id, saleClosesAt } of categories) {
    if (saleClosesAt <= event.endsAt) continue;
    missing.push({
      code: 'ticket_category.sale_window',
      message: 'The sale must close no later than the event ends.',
      subjectId: id,
    });
  }
  return missing;
}

/** Times that are already over, so that the event cannot be published now. */
export function lateForPublication(
  event: Pick<EventRow, 'endsAt'>,
  categories: readonly TicketCategoryRow[],
  now: Date,
): MissingForPublication[] {
  if (event.endsAt <= now) return [{ code: 'event.over', message: 'The event is over.' }];
  if (categories.length > 0 && categories.every(({ saleClosesAt }) => saleClosesAt <= now)) {
    return [{ code: 'ticket_category.sale_over', message: 'At least one sale must not be over.' }];
  }
  return [];
}
