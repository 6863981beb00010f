import type { Db } from '../platform/db.ts';
import type { EventOfActor } from './change-locked-event.ts';
import type { ScheduleItemRow } from './queries.ts';
import { listScheduleItems } from './queries-public.ts';
import { showOrganizerEvent } from './show-organizer-event.ts';

/** @throws DomainError event.not_found */
export async function listOrganizerSchedule(deps: { readonly db: Db }, of: EventOfActor): Promise<ScheduleItemRow[]> {
  const event = await showOrganizerEvent(deps, of);
  return listScheduleItems(deps.db, event.id);
}
