import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { sendable } from '../metrics.ts';
import { queueVerificationDelivery } from '../deliveries/queue-queries.ts';

/** A code that a buyer asked for becomes a delivery, on the channel of the address; told twice, it makes it once. */
export async function notifyBuyer(
  deps: { db: Db; clock: Clock },
  { verificationId }: { verificationId: string },
): Promise<string[]> {
  const deliveryId = newId('dlv', deps.clock.now());
  return sendable(await queueVerificationDelivery(deps.db, { verificationId, deliveryId }));
}
