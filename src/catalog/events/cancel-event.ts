import { type ChangeDeps, type EventOfActor, changeLockedEvent } from './change-locked-event.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { eventNotPublished } from '../errors.ts';
import { eventCancelled } from '../jobs.ts';
import type { EventChanged } from '../ports.ts';
import { type EventRow, updateEvent } from '../queries.ts';

/**
 * Calls a published event off, for good: nothing can be ordered any more, the public sees that it is cancelled, its holds
 * end, who has paid gets the money back, and who holds tickets or places is told.
 * @throws DomainError event.not_published, event.cancelled, event.not_found
 */
export async function cancelEvent(
  deps: ChangeDeps & { readonly eventChanged: EventChanged },
  of: EventOfActor,
): Promise<EventRow> {
  return changeLockedEvent(deps, of, async (tx, before) => {
    if (before.status !== 'published') throw eventNotPublished();
    const event = await updateEvent(tx, before, { status: 'cancelled', sales: 'closed' });
    await deps.eventChanged(tx, before, event);
    await stage(tx, eventCancelled, { eventId: event.id });
    return { event, result: event, act: 'event.cancelled', subjectId: event.id, changes: {} };
  });
}
