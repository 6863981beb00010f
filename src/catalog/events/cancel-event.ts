import { type ChangeDeps, type EventOfActor, changeLockedEvent } from './change-locked-event.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { eventNotPublished } from '../errors.ts';
import { eventCancelled } from '../jobs.ts';
import { type EventRow, updateEvent } from '../queries.ts';

/** Longer than any call that was under way may still take: it ends with the service's statement_timeout, or with a deadline. */
const secondRunSeconds = 60;

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
    // Orders and payments do not wait for this change. A call that began before it may still place or pay an order after
    // the first run has looked.
    await stage(tx, eventCancelled, { eventId: event.id }, { delaySeconds: secondRunSeconds });
    return { event, result: event, act: 'event.cancelled', subjectId: event.id, changes: {} };
  });
}
