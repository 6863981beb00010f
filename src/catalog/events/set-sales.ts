import { type ChangeDeps, type EventOfActor, changeLockedEvent } from './change-locked-event.ts';
import { type EventRow, updateEvent } from '../queries.ts';

/**
 * Opens or closes all sales of an event at once, whatever the windows of its categories say.
 * @throws DomainError event.not_found, event.cancelled
 */
export async function setSales(
  deps: ChangeDeps,
  { sales, ...of }: EventOfActor & { readonly sales: 'open' | 'closed' },
): Promise<EventRow> {
  return changeLockedEvent(deps, of, async (tx, before) => {
    if (before.sales === sales) return { event: before, result: before };
    const event = await updateEvent(tx, before, { sales });
    const changes = { sales: { from: before.sales, to: sales } };
    return { event, result: event, act: 'event.sales_set', subjectId: event.id, changes };
  });
}
