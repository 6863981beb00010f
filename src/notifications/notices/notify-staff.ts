import { buyerKey } from '../../access/buyers/buyer-key.ts';
import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { sendable } from '../metrics.ts';
import { findStaffAddress, queueStaffDelivery } from '../deliveries/queue-queries.ts';

/**
 * A one-time link of a staff member becomes a delivery; for a link that does not exist nothing happens. Its recipient is
 * counted as buyers are: one mailbox, whatever it is written to for.
 */
export async function notifyStaff(
  deps: { db: Db; clock: Clock; config: Pick<Config, 'HASH_SECRET'> },
  template: 'staff_invitation' | 'staff_password_reset',
  { tokenId }: { tokenId: string },
): Promise<string[]> {
  const address = await findStaffAddress(deps.db, tokenId);
  if (address === undefined) return [];
  const recipientKey = buyerKey(deps.config.HASH_SECRET, 'email', address);
  const deliveryId = newId('dlv', deps.clock.now());
  return sendable(await queueStaffDelivery(deps.db, { template, tokenId, deliveryId, recipientKey }));
}
