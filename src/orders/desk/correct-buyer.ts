import { sql } from 'drizzle-orm';
import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { buyerKey } from '../../access/buyers/buyer-key.ts';
import type { Config } from '../../config.ts';
import { tellChange } from '../../platform/changes.ts';
import { type Db, afterCommit, rowsOf, transaction } from '../../platform/database/db.ts';
import { homeCountry } from '../../platform/text/home.ts';
import { phoneOf } from '../../platform/text/phone-number.ts';
import { buyerNotCorrectable, limitExceeded } from '../errors.ts';
import { buyerOf, lockOwnOrder, noteOrderChange } from '../lifecycle/queries.ts';
import type { BuyerCorrected } from '../ports.ts';
import type { Order } from '../tables.ts';
import { indexOrder } from '../search/index-orders.ts';
import { showDeskOrder } from './show-order.ts';

const correctionsMax = 5;
const live: readonly Order['status'][] = ['pending_payment', 'closing', 'paid', 'partially_refunded'];

export type Correction = {
  readonly email?: string | undefined;
  /** As people write it in the country of the event, or in `phoneCountry`. */
  readonly phone?: string | undefined;
  readonly phoneCountry?: string | undefined;
  readonly name?: string | undefined;
};
type Deps = { readonly db: Db; readonly buyerCorrected: BuyerCorrected; readonly config: Pick<Config, 'HASH_SECRET'> };

/**
 * Corrects the buyer of an order. A corrected name appears on every ticket that has no name of its own; nothing is
 * sent.
 *
 * A corrected email or phone gets the tickets (or the link to an unpaid order). Every link and QR code sent to the old
 * address stops working in the same transaction, and the order counts for the limits of the new address. An address that
 * its buyer has confirmed by a code was not mistyped, so it stays. A value that the order already has changes nothing.
 * @throws DomainError order.not_found, order.buyer_not_correctable, order.limit_exceeded, request.invalid
 */
export async function correctBuyer(
  deps: Deps,
  { actor, orderId, correction }: { actor: Actor; orderId: string; correction: Correction },
): Promise<Awaited<ReturnType<typeof showDeskOrder>>> {
  await transaction(deps.db, async (tx) => {
    const order = await lockOwnOrder(tx, actor, orderId);
    const { name = order.buyerName, email = order.buyerEmail } = correction;
    const phone = await phoneNow(tx, order, correction);
    const isReaddressed = email !== order.buyerEmail || phone !== order.buyerPhone;
    const isRenamed = name !== order.buyerName;
    if (!isRenamed && !isReaddressed) return;
    if (!live.includes(order.status)) throw buyerNotCorrectable('ended');
    if (isRenamed) await changeName(tx, { actor, order, name });
    if (isReaddressed) await changeAddresses(deps, tx, { actor, order, email, phone });
    await indexOrder(tx, order, { ...buyerOf(order), name, email, phone });
    await noteOrderChange(tx, order, ['buyer']);
    if (isReaddressed) await deps.buyerCorrected(tx, order);
    afterCommit(tx, () => tellChange({ eventId: order.eventId, orders: [{ id: orderId, hasNewLink: isReaddressed }] }));
  });
  return showDeskOrder(deps, actor, orderId);
}

/** Devices at the door get the new name with their next delta, because the affected tickets get a new time. */
async function changeName(tx: Db, { actor, order, name }: { actor: Actor; order: Order; name: string }): Promise<void> {
  const { eventId, id: orderId } = order;
  await tx.execute(sql`update orders set buyer_name = ${name} where event_id = ${eventId} and id = ${orderId}`);
  await tx.execute(sql`
    update tickets set named_at = statement_timestamp()
    where event_id = ${eventId} and order_id = ${orderId} and status = 'live' and holder_name is null`);
  await writeAudit(tx, { actor, act: 'order.buyer_renamed', subjectId: orderId, changes: { name: 'changed' } });
}

/** The corrected phone in E.164, or that of the order. */
async function phoneNow(tx: Db, order: Order, { phone, phoneCountry }: Correction): Promise<string> {
  if (phone === undefined) return order.buyerPhone;
  const [event] = await rowsOf<{ country: string }>(tx, sql`select country from events where id = ${order.eventId}`);
  return phoneOf({ phone, phoneCountry }, event?.country ?? homeCountry, 'phone');
}

async function changeAddresses(
  { config }: Pick<Deps, 'config'>,
  tx: Db,
  { actor, order, email, phone }: { actor: Actor; order: Order; email: string; phone: string },
): Promise<void> {
  const [isEmail, isPhone] = [email !== order.buyerEmail, phone !== order.buyerPhone];
  const [emailKey = '', phoneKey = ''] = order.buyerKeys;
  requireCorrectable(order, [...(isEmail ? [emailKey] : []), ...(isPhone ? [phoneKey] : [])]);
  const keys = {
    email: isEmail ? buyerKey(config.HASH_SECRET, 'email', email) : emailKey,
    phone: isPhone ? buyerKey(config.HASH_SECRET, 'phone', phone) : phoneKey,
  };
  const [row] = await rowsOf<{ outcome: 'corrected' | 'over_limit' }>(
    tx,
    sql`select correct_buyer_addresses(${order.eventId}, ${order.id}, ${email}, ${keys.email}, ${phone}, ${keys.phone}) as outcome`,
  );
  if (row?.outcome !== 'corrected') throw limitExceeded({ limit: 'buyer' });
  await writeAudit(tx, {
    actor,
    act: 'order.buyer_corrected',
    subjectId: order.id,
    changes: {
      ...(isEmail ? { email: 'changed' } : {}),
      ...(isPhone ? { phone: 'changed' } : {}),
      linkVersion: { from: order.linkVersion, to: order.linkVersion + 1 },
    },
  });
}

/** @param keys of the addresses that change */
function requireCorrectable(order: Order, keys: readonly string[]): void {
  if (order.confirmedKey !== null && keys.includes(order.confirmedKey)) throw buyerNotCorrectable('confirmed');
  if (order.linkVersion > correctionsMax) throw buyerNotCorrectable('too_often');
}
