import type { MissingForPublication } from '../errors.ts';
import type { Availability } from '../ports.ts';
import type { EventRow, TicketCategoryRow } from '../queries.ts';

/**
 * Everything that an event lacks to be public. A change that would make a published event lack something is refused.
 */
export function missingForPublication(
  event: EventTerms,
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
  for (const category of categories) missing.push(...missingOfCategory(event, category));
  return missing;
}

type EventTerms = Pick<EventRow, 'startsAt' | 'endsAt' | 'doorsOpenAt' | 'ticketsPerOrderMax' | 'ticketsPerBuyerMax'>;

/** Why nobody could order tickets of the category, or enter with one. */
function missingOfCategory(event: EventTerms, category: TicketCategoryRow): MissingForPublication[] {
  const { id: subjectId, saleClosesAt, perOrderMin, entryOpensAt, entryClosesAt } = category;
  const missing: MissingForPublication[] = [];
  if (saleClosesAt > event.endsAt) {
    const message = 'The sale must close no later than the event ends.';
    missing.push({ code: 'ticket_category.sale_window', message, subjectId });
  }
  if (perOrderMin > Math.min(event.ticketsPerOrderMax, event.ticketsPerBuyerMax ?? Infinity)) {
    const message = 'The event must allow as many tickets as an order of the category must have.';
    missing.push({ code: 'ticket_category.order_limits', message, subjectId });
  }
  if ((entryOpensAt ?? event.doorsOpenAt) >= (entryClosesAt ?? event.endsAt)) {
    const message = 'Its tickets must let somebody in: entry must open before it closes, and before the event ends.';
    missing.push({ code: 'ticket_category.entry_window', message, subjectId });
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
