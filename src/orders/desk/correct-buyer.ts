import { sql } from 'drizzle-orm';
import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { buyerKey } from '../../access/buyers/buyer-key.ts';
import type { Config } from '../../config.ts';
import { tellChange } from '../../platform/changes.ts';
import { type Db, afterCommit, rowsOf, transaction } from '../../platform/database/db.ts';
import { eventIdOf, idPatterns } from '../../platform/ids.ts';
import { buyerNotCorrectable, limitExceeded, orderNotFound } from '../errors.ts';
import { buyerOf, lockOrder } from '../lifecycle/queries.ts';
import type { BuyerCorrected } from '../ports.ts';
import type { Order } from '../tables.ts';
import { indexOrder } from '../search/index-orders.ts';
import { showDeskOrder } from './show-order.ts';

const correctionsMax = 5;
const live: readonly Order['status'][] = ['pending_payment', 'closing', 'paid', 'partially_refunded'];

/**
 * Corrects the email of an order, and sends the tickets (or the link to an order that is not paid) to the new address. Every link and
 * QR code that went to the old address stops working in the same transaction, and the order counts for the new name's limits. An address that its
 * buyer has confirmed by a code is not mistyped, so it stays. The email that the order has already changes nothing.
 * @throws DomainError order.not_found, order.buyer_not_correctable, order.limit_exceeded
 */
export async function correctBuyer(
  deps: { db: Db; buyerCorrected: BuyerCorrected; config: Pick<Config, 'HASH_SECRET'> },
  { actor, orderId, email }: { actor: Actor; orderId: string; email: string },
): Promise<Awaited<ReturnType<typeof showDeskOrder>>> {
  if (!idPatterns.order.test(orderId)) throw orderNotFound();
  const emailKey = buyerKey(deps.config.HASH_SECRET, 'email', email);
  await transaction(deps.db, async (tx) => {
    const order = await lockOrder(tx, eventIdOf(orderId), orderId);
    if (order === undefined || order.organizerId !== actor.organizerId) throw orderNotFound();
    if (order.buyerEmail === email) return;
    requireCorrectable(order);
    const [row] = await rowsOf<{ outcome: 'corrected' | 'over_limit' }>(
      tx,
      sql`select correct_buyer(${order.eventId}, ${orderId}, ${email}, ${emailKey}) as outcome`,
    );
    if (row?.outcome !== 'corrected') throw limitExceeded({ limit: 'buyer' });
    await writeAudit(tx, {
      actor,
      act: 'order.buyer_corrected',
      subjectId: orderId,
      changes: { email: 'changed', linkVersion: { from: order.linkVersion, to: order.linkVersion + 1 } },
    });
    await indexOrder(tx, order, { ...buyerOf(order), email });
    await deps.buyerCorrected(tx, order);
    afterCommit(tx, () => tellChange({ eventId: order.eventId, orders: [{ id: orderId, hasNewLink: true }] }));
  });
  return showDeskOrder(deps, actor, orderId);
}

function requireCorrectable(order: Order): void {
  if (!live.includes(order.status)) throw buyerNotCorrectable('ended');
  if (order.confirmedKey !== null && order.confirmedKey === order.buyerKeys[0]) throw buyerNotCorrectable('confirmed');
  if (order.linkVersion > correctionsMax) throw buyerNotCorrectable('too_often');
}
