import type { Clock } from '../../platform/clock.ts';
import { type ChangeDeps, type EventOfActor, changeLockedEvent } from './change-locked-event.ts';
import { eventNotPublished } from '../errors.ts';
import { type EventRow, updateEvent } from '../queries.ts';

/**
 * Removes the date of a published event until it gets a new one, and closes its sales. Tickets stay valid, and their
 * holders get a message. An event that is already postponed does not change.
 * @throws DomainError event.not_published, event.cancelled, event.not_found
 */
export async function postponeEvent(deps: ChangeDeps & { readonly clock: Clock }, of: EventOfActor): Promise<EventRow> {
  return changeLockedEvent(deps, of, async (tx, before) => {
    if (before.status !== 'published') throw eventNotPublished();
    if (before.postponedAt !== null) return { event: before, result: before };
    const event = await updateEvent(tx, before, { postponedAt: deps.clock.now(), sales: 'closed' });
    return { event, result: event, act: 'event.postponed', subjectId: event.id, changes: {} };
  });
}

/**
 * Ends a postponement: the event takes place on its old date after all. Sales stay closed. Holders who were told of the postponement are
 * told of this, too. An event that is not postponed does not change.
 * @throws DomainError event.cancelled, event.not_found
 */
export async function resumeEvent(deps: ChangeDeps, of: EventOfActor): Promise<EventRow> {
  return changeLockedEvent(deps, of, async (tx, before) => {
    if (before.postponedAt === null) return { event: before, result: before };
    const event = await updateEvent(tx, before, { postponedAt: null });
    return { event, result: event, act: 'event.resumed', subjectId: event.id, changes: {} };
  });
}
