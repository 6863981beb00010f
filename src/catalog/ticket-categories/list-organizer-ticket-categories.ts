import type { Db } from '../../platform/database/db.ts';
import type { EventOfActor } from '../events/change-locked-event.ts';
import type { EventRow, TicketCategoryRow } from '../queries.ts';
import { listTicketCategories } from '../public/queries.ts';
import { showOrganizerEvent } from '../events/show-organizer-event.ts';

/** The categories with their event, which decides how they are presented. @throws DomainError event.not_found */
export async function listOrganizerTicketCategories(
  deps: { readonly db: Db },
  of: EventOfActor,
): Promise<{ event: EventRow; categories: TicketCategoryRow[] }> {
  const event = await showOrganizerEvent(deps, of);
  return { event, categories: await listTicketCategories(deps.db, event.id) };
}
