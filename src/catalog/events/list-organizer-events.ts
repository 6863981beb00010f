import type { Actor } from '../../access/actor.ts';
import type { Db } from '../../platform/database/db.ts';
import { type EventRow, listEventsOfOrganizer } from '../queries.ts';

/** The organiser's events, drafts too, by id; one more than `limit` when there is a next page. */
export async function listOrganizerEvents(
  deps: { readonly db: Db },
  actor: Actor,
  page: { after: string | undefined; limit: number; status: EventRow['status'] | undefined },
): Promise<EventRow[]> {
  return listEventsOfOrganizer(deps.db, actor.organizerId, page);
}
