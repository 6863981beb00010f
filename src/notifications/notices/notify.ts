import { buyerKey } from '../../access/buyers/buyer-key.ts';
import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import { and, eq } from 'drizzle-orm';
import { staff } from '../../access/tables.ts';
import { type Db, afterCommit } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import type { Deliveries } from '../deliveries/deliveries.ts';
import type { OrderTemplate } from '../deliveries/order-rules.ts';
import {
  findStaffAddress,
  queueMemberDelivery,
  queueStaffDelivery,
  queueVerificationDelivery,
} from '../deliveries/queue-queries.ts';
import { sendable } from '../metrics.ts';

/**
 * Makes the deliveries for a fact about an order, and stages their sending in the same transaction. Safe to repeat.
 * @returns the ids of the new deliveries that will be sent, the mail's first
 */
export async function notifyOrder(
  deps: { deliveries: Pick<Deliveries, 'queue'>; clock: Clock },
  template: OrderTemplate,
  { eventId, orderId }: { eventId: string; orderId: string },
): Promise<string[]> {
  const now = deps.clock.now();
  return deps.deliveries.queue(template, {
    eventId,
    orderId,
    emailId: newId('dlv', now),
    whatsappId: newId('dlv', now),
  });
}

/** Makes the deliveries with the links of orders that still wait for payment, in one call. Safe to repeat. */
export async function notifyUnpaid(
  deps: Parameters<typeof notifyOrder>[0],
  { eventId, orderIds }: { eventId: string; orderIds: readonly string[] },
): Promise<void> {
  await Promise.all(orderIds.map((orderId) => notifyOrder(deps, 'order_placed', { eventId, orderId })));
}

/** Makes the delivery of a code that a buyer requested, on the channel of the address. Safe to repeat. */
export async function notifyBuyer(
  deps: { db: Db; clock: Clock },
  { verificationId }: { verificationId: string },
): Promise<string[]> {
  const deliveryId = newId('dlv', deps.clock.now());
  return sendable(await queueVerificationDelivery(deps.db, { verificationId, deliveryId }));
}

/**
 * Makes the delivery of a staff member's one-time link; a link that does not exist gets none. The recipient is counted as
 * buyers are: one mailbox has one cap for all its messages.
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

/**
 * Makes the delivery of a mail to a member, in the transaction of the fact; a dismissed member gets none. The room of
 * the subject provides the mail's data (`reportMailOf`).
 */
export async function notifyMember(
  deps: { clock: Clock; config: Pick<Config, 'HASH_SECRET'> },
  tx: Db,
  message: { template: 'report_ready' | 'report_failed'; subjectId: string; organizerId: string; memberId: string },
): Promise<void> {
  const [member] = await tx
    .select({ email: staff.email })
    .from(staff)
    .where(and(eq(staff.id, message.memberId), eq(staff.organizerId, message.organizerId), eq(staff.status, 'active')));
  if (member === undefined) return;
  const recipientKey = buyerKey(deps.config.HASH_SECRET, 'email', member.email);
  const added = await queueMemberDelivery(tx, { ...message, deliveryId: newId('dlv', deps.clock.now()), recipientKey });
  afterCommit(tx, () => sendable(added));
}
