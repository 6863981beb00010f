import { type ChangeDeps, type EventOfActor, changeLockedEvent } from './change-locked-event.ts';
import { eventHasOrders } from '../errors.ts';
import type { WasOrdered } from '../ports.ts';
import { type EventRow, updateEvent } from '../queries.ts';

/**
 * Takes a published event back to a draft, as long as nothing was ordered.
 * @throws DomainError event.has_orders, event.not_found, event.cancelled
 */
export async function unpublishEvent(
  deps: ChangeDeps & { readonly wasOrdered: WasOrdered },
  of: EventOfActor,
): Promise<EventRow> {
  return changeLockedEvent(deps, of, async (tx, before) => {
    if (before.status === 'draft') return { event: before, result: before };
    if (await deps.wasOrdered(tx, before.id)) throw eventHasOrders();
    const event = await updateEvent(tx, before, { status: 'draft' });
    return { event, result: event, act: 'event.unpublished', subjectId: event.id, changes: {} };
  });
}
