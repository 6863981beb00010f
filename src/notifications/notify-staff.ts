import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/ids.ts';
import { queueStaffDelivery } from './subject-queries.ts';

/** A one-time link of a staff member becomes a delivery; for a link that does not exist nothing happens. */
export async function notifyStaff(
  deps: { db: Db; clock: Clock },
  template: 'staff_invitation' | 'staff_password_reset',
  { tokenId }: { tokenId: string },
): Promise<string[]> {
  return queueStaffDelivery(deps.db, { template, tokenId, deliveryId: newId('dlv', deps.clock.now()) });
}
