import type { Db } from '../../platform/database/db.ts';
import type { EventOfActor } from '../events/change-locked-event.ts';
import type { ScheduleItemRow } from '../queries.ts';
import { listScheduleItems } from '../public/queries.ts';
import { showOrganizerEvent } from '../events/show-organizer-event.ts';

/** @throws DomainError event.not_found */
export async function listOrganizerSchedule(deps: { readonly db: Db }, of: EventOfActor): Promise<ScheduleItemRow[]> {
  const event = await showOrganizerEvent(deps, of);
  return listScheduleItems(deps.db, event.id);
}
