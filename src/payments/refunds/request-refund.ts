import { type Actor, writeAudit } from '../../access/index.ts';
import { type Order, lockOwnOrder } from '../../orders/index.ts';
import { sha256 } from '../../platform/crypto.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { DomainError } from '../../platform/errors.ts';
import { refundAmountExceeded, refundNotRefundable, refundTicketsUnknown } from '../errors.ts';
import { type LiveTicket, findLiveTickets, isEventAhead } from '../order-queries.ts';
import { refundFromSources, refundSources } from './refund-paid-order.ts';
import { findRefundsByKey, noteRefundRequest } from './queries.ts';
import type { Refund } from '../tables.ts';

export type RefundInput = {
  readonly amount?: number | undefined;
  readonly ticketIds?: readonly string[] | undefined;
  readonly reason: string;
  /** Whether the places go on sale again. Default: yes while the event is ahead. */
  readonly restock?: boolean | undefined;
};

/**
 * What a refund would give back, and which tickets it would take; nothing changes.
 * @throws DomainError order.not_found, refund.not_refundable, refund.amount_exceeded, refund.tickets_unknown
 */
export async function previewRefund(
  deps: { db: Db },
  { actor, orderId, input }: { actor: Actor; orderId: string; input: Pick<RefundInput, 'amount' | 'ticketIds'> },
): Promise<RefundPreview> {
  return transaction(deps.db, async (tx) => {
    const order = await lockOwnOrder(tx, actor, orderId);
    const { live, refundable } = await refundableOf(tx, order);
    const { amount, ticketIds } = decide(order, live, refundable, input);
    const all = ticketIds === undefined;
    return {
      amount,
      left: refundable - amount,
      currency: order.currency,
      ticketIds: all ? live.map(({ id }) => id) : ticketIds,
      feesKept: !all && (input.ticketIds?.length ?? 0) > 0 && order.fees > 0,
    };
  });
}

/** Amounts in minor units of the order's currency. */
export type RefundPreview = {
  readonly amount: number;
  /** What could still be refunded afterwards. */
  readonly left: number;
  readonly currency: Order['currency'];
  /** Tickets that would be taken back. */
  readonly ticketIds: readonly string[];
  /** Whether the fees of the named tickets stay with the organiser. */
  readonly feesKept: boolean;
};

/** @throws DomainError refund.not_refundable */
async function refundableOf(tx: Db, order: Order) {
  if (order.status !== 'paid' && order.status !== 'partially_refunded') throw refundNotRefundable();
  const sources = await refundSources(tx, order);
  const refundable = sources.reduce((sum, source) => sum + source.amount, 0);
  if (refundable === 0) throw refundNotRefundable();
  return { sources, refundable, live: await findLiveTickets(tx, order) };
}

/**
 * Refunds a paid order for an organiser: all of it, an amount, or the price of some tickets. The same key with the same
 * request gives the same refunds.
 * @throws DomainError order.not_found, refund.not_refundable, refund.amount_exceeded, refund.tickets_unknown,
 * idempotency.key_reused
 */
export async function requestRefund(
  deps: { db: Db },
  wish: { actor: Actor; orderId: string; idempotencyKey: string; input: RefundInput },
): Promise<{ refunds: readonly Refund[]; replayed: boolean }> {
  const { actor, orderId, input } = wish;
  const idempotency = { keyHash: sha256(wish.idempotencyKey), fingerprint: sha256(fingerprintText(input)) };
  return transaction(deps.db, async (tx) => {
    const order = await lockOwnOrder(tx, actor, orderId);
    const earlier = await noteRefundRequest(tx, order, idempotency);
    if (earlier !== undefined) {
      if (!earlier.equals(idempotency.fingerprint)) throw keyReused();
      return { refunds: await findRefundsByKey(tx, order, idempotency.keyHash), replayed: true };
    }
    const { sources, refundable, live } = await refundableOf(tx, order);
    const { amount, ticketIds } = decide(order, live, refundable, input);
    const refunds = await refundFromSources(tx, order, sources, amount, {
      reason: 'requested',
      requestedBy: actor.id,
      restock: input.restock ?? (await isEventAhead(tx, order.eventId)),
      idempotencyKeyHash: idempotency.keyHash,
      ...(ticketIds === undefined ? {} : { ticketIds }),
    });
    await writeAudit(tx, {
      actor,
      act: 'refund.requested',
      subjectId: orderId,
      changes: {
        amount: { amount, currency: order.currency },
        tickets: ticketIds?.length ?? 'all',
        reason: input.reason,
        refundIds: refunds.map(({ id }) => id),
      },
    });
    return { refunds, replayed: false };
  });
}

/**
 * The amount and the tickets to revoke. Undefined tickets mean all of them, since nothing of the price is left. An amount
 * without tickets revokes none.
 */
function decide(
  order: Order,
  live: readonly LiveTicket[],
  refundable: number,
  input: Pick<RefundInput, 'amount' | 'ticketIds'>,
) {
  const named = input.ticketIds === undefined ? undefined : live.filter(({ id }) => input.ticketIds?.includes(id));
  if (named !== undefined && named.length !== new Set(input.ticketIds).size) throw refundTicketsUnknown();
  const isAllTickets = named?.length === live.length;
  const amount = input.amount ?? (named === undefined || isAllTickets ? refundable : priceOf(order, named, refundable));
  if (amount > refundable) throw refundAmountExceeded(refundable);
  if (amount === refundable) return { amount, ticketIds: undefined };
  return { amount, ticketIds: (named ?? []).map(({ id }) => id) };
}

/** The price of the tickets less their share of the discount. Fees are kept. */
function priceOf(order: Order, tickets: readonly LiveTicket[], refundable: number): number {
  const price = tickets.reduce((sum, ticket) => sum + ticket.price, 0);
  const discount = order.subtotal === 0 ? 0 : Math.round((order.discount * price) / order.subtotal);
  return Math.min(refundable, price - discount);
}

const keyReused = () => new DomainError('idempotency.key_reused', 'This Idempotency-Key was used for another refund.');

function fingerprintText({ amount, ticketIds, reason, restock }: RefundInput): string {
  return JSON.stringify([amount ?? null, ticketIds?.toSorted() ?? null, reason, restock ?? null]);
}
