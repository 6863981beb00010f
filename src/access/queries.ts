import { eq } from 'drizzle-orm';
import type { Db } from '../platform/database/db.ts';
import { organizers } from './tables.ts';

/**
 * Makes changes to one organiser's staff, keys and devices take turns, so that counts and "the last owner" are decided
 * on what is really there. The rows' own foreign keys do not wait for it.
 */
export async function lockOrganizer(tx: Db, organizerId: string): Promise<void> {
  await tx.select({ id: organizers.id }).from(organizers).where(eq(organizers.id, organizerId)).for('no key update');
}
