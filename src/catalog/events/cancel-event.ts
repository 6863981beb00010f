import { type ChangeDeps, type EventOfActor, changeLockedEvent } from './change-locked-event.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { eventNotPublished } from '../errors.ts';
import { eventCancelled } from '../jobs.ts';
import { type EventRow, updateEvent } from '../queries.ts';

/**
 * Cancels a published event. This cannot be undone: orders stop, the public sees the cancellation, holds end, paid orders are refunded, and
 * holders of tickets or places get a message.
 * @throws DomainError event.not_published, event.cancelled, event.not_found
 */
export async function cancelEvent(deps: ChangeDeps, of: EventOfActor): Promise<EventRow> {
  return changeLockedEvent(deps, of, async (tx, before) => {
    if (before.status !== 'published') throw eventNotPublished();
    const event = await updateEvent(tx, before, { status: 'cancelled', sales: 'closed' });
    await stage(tx, eventCancelled, { eventId: event.id });
    return { event, result: event, act: 'event.cancelled', subjectId: event.id, changes: {} };
  });
}
