import type { Clock } from '../../platform/clock.ts';
import { type ChangeDeps, type EventOfActor, changeLockedEvent, findMissing } from './change-locked-event.ts';
import { eventNotPublishable } from '../errors.ts';
import { lateForPublication } from './publication.ts';
import { type EventRow, publishNow } from '../queries.ts';
import { listTicketCategories } from '../public/queries.ts';

/**
 * Shows a draft to the public; a published event stays as it is.
 * @throws DomainError event.not_publishable, with all that is missing; event.not_found, event.cancelled
 */
export async function publishEvent(deps: ChangeDeps & { readonly clock: Clock }, of: EventOfActor): Promise<EventRow> {
  return changeLockedEvent(deps, of, async (tx, before) => {
    if (before.status === 'published') return { event: before, result: before };
    const categories = await listTicketCategories(tx, before.id);
    const missing = [
      ...(await findMissing(deps, tx, before, categories)),
      ...lateForPublication(before, categories, deps.clock.now()),
    ];
    if (missing.length > 0) throw eventNotPublishable(missing);
    const event = await publishNow(tx, before);
    return { event, result: event, act: 'event.published', subjectId: event.id, changes: {} };
  });
}
