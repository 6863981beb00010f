import { type ChangeDeps, type EventOfActor, changeLockedEvent } from './change-locked-event.ts';
import { eventNotPublished } from './errors.ts';
import { type EventRow, updateEvent } from './queries.ts';

/**
 * Calls a published event off, for good: nothing can be ordered any more, and the public sees that it is cancelled.
 * @throws DomainError event.not_published, event.cancelled, event.not_found
 */
export async function cancelEvent(deps: ChangeDeps, of: EventOfActor): Promise<EventRow> {
  return changeLockedEvent(deps, of, async (tx, before) => {
    if (before.status !== 'published') throw eventNotPublished();
    const event = await updateEvent(tx, before, { status: 'cancelled', sales: 'closed' });
    return { event, result: event, act: 'event.cancelled', subjectId: event.id, changes: {} };
  });
}
