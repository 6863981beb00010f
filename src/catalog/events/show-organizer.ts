import type { Db } from '../../platform/database/db.ts';
import { invariant } from '../../platform/assert.ts';
import { findOrganizer } from '../queries.ts';

/** How an organiser is named beside its events. */
export async function showOrganizer(
  deps: { readonly db: Db },
  organizerId: string,
): Promise<{ slug: string; name: string }> {
  const organizer = await findOrganizer(deps.db, organizerId);
  invariant(organizer !== undefined, `organiser ${organizerId} is gone`);
  return organizer;
}
