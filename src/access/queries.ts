import { eq } from 'drizzle-orm';
import type { Db } from '../platform/database/db.ts';
import { organizers } from './tables.ts';

/**
 * Serialises acts that count an organiser's rows before they add one, so that limits and "the last owner" are decided on
 * current data. Foreign key checks do not wait for this lock.
 */
export async function lockOrganizer(tx: Db, organizerId: string): Promise<void> {
  await tx.select({ id: organizers.id }).from(organizers).where(eq(organizers.id, organizerId)).for('no key update');
}
