import { and, eq } from 'drizzle-orm';
import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { auditLog } from '../../access/tables.ts';
import { sha256Hex } from '../../platform/crypto.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newOrderId } from '../../platform/ids.ts';
import { phoneOf } from '../../platform/text/phone-number.ts';
import { homeCountry } from '../../platform/text/home.ts';
import { lockOrder } from '../lifecycle/queries.ts';
import type { EventDirectory } from '../placement/event-directory.ts';
import { buyerKeys, networkKey } from '../placement/keys.ts';
import type { Placement } from '../placement/placement.ts';
import type { PlacementItem } from '../placement/queries.ts';
import { placementRefusal } from '../placement/refusal.ts';
import { ownEvent } from './own-event.ts';
import type { ComplimentaryOrderInput } from './schemas.ts';
import { showDeskOrder } from './show-order.ts';

export type ComplimentaryDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly placement: Placement;
  readonly directory: EventDirectory;
  readonly hashSecret: string;
};

/**
 * Gives tickets away: an order with its whole price as discount, placed through the lane of its event like every other
 * order, so that nothing is oversold. It needs no pass and no open sale window. The limits per order and per buyer
 * hold, and all members of a desk count as one network. The same key with the same body finds the same order.
 * @throws DomainError event.not_found, idempotency.key_reused, and the refusals of `placeOrder` for stock and limits
 */
export async function placeComplimentaryOrder(
  deps: ComplimentaryDeps,
  wish: { actor: Actor; eventId: string; idempotencyKey: string; input: ComplimentaryOrderInput },
): Promise<{ order: Awaited<ReturnType<typeof showDeskOrder>>; replayed: boolean }> {
  const { actor, input } = wish;
  const event = await ownEvent(deps.db, actor, wish.eventId);
  const known = await deps.directory.find(event.slug);
  const phone = phoneOf(input.buyer, known?.country ?? homeCountry, 'buyer.phone');
  const item = itemOf(deps, { ...wish, phone });
  const { row } = await deps.placement.submit(event.id, item);
  if (row.outcome !== 'paid' && row.outcome !== 'replayed') throw placementRefusal(row, undefined);
  const orderId = row.order_id ?? item.id;
  await auditOnce(deps.db, actor, { eventId: event.id, orderId, quantity: sumOf(item.quantities) });
  return { order: await showDeskOrder(deps, actor, orderId), replayed: orderId !== item.id };
}

function itemOf(
  deps: ComplimentaryDeps,
  {
    actor,
    eventId,
    idempotencyKey,
    input,
    phone,
  }: { actor: Actor; eventId: string; idempotencyKey: string; input: ComplimentaryOrderInput; phone: string },
): PlacementItem {
  const { name, email } = input.buyer;
  const facts = [
    eventId,
    name,
    email,
    phone,
    input.lines.map((line) => [line.ticketCategoryId, line.quantity]),
    input.locale,
  ];
  return {
    id: newOrderId(eventId, deps.clock.now()),
    // A key of the desk never finds a buyer's order.
    key_hash: sha256Hex(`desk:${actor.organizerId}:${idempotencyKey}`),
    fingerprint: sha256Hex(JSON.stringify(facts)),
    name,
    email,
    phone,
    buyer_keys: buyerKeys(deps.hashSecret, { email, phone }),
    network_key: networkKey(deps.hashSecret, `desk:${actor.organizerId}`),
    locale: input.locale,
    promo: null,
    expected_total: null,
    pass_index: null,
    pass_account: null,
    confirmed: null,
    given_away: true,
    jitter_seconds: 0,
    categories: input.lines.map((line) => line.ticketCategoryId),
    quantities: input.lines.map((line) => line.quantity),
  };
}

const givenAway = 'order.given_away';

/** If a request ended between placing the order and writing its audit entry, its repetition completes it. */
async function auditOnce(
  db: Db,
  actor: Actor,
  { eventId, orderId, quantity }: { eventId: string; orderId: string; quantity: number },
): Promise<void> {
  await transaction(db, async (tx) => {
    await lockOrder(tx, eventId, orderId);
    const [entry] = await tx
      .select({ id: auditLog.id })
      .from(auditLog)
      .where(and(eq(auditLog.subjectId, orderId), eq(auditLog.act, givenAway)))
      .limit(1);
    if (entry !== undefined) return;
    await writeAudit(tx, { actor, act: givenAway, subjectId: orderId, changes: { tickets: quantity } });
  });
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
