import { randomInt } from 'node:crypto';
import { orderAccessToken } from '../../access/buyers/order-token.ts';
import type { Clock } from '../../platform/clock.ts';
import { storedTraceparent } from '../../platform/tracing/scope.ts';
import { sha256Hex } from '../../platform/crypto.ts';
import type { Db } from '../../platform/database/db.ts';
import type { DomainError } from '../../platform/errors.ts';
import { eventIdOf, newOrderId } from '../../platform/ids.ts';
import { phoneOf } from '../../platform/text/phone-number.ts';
import { buyerKeys, networkKey } from './keys.ts';
import { eventNotFound } from '../../access/errors.ts';
import { paymentsBusy, soldOut } from '../errors.ts';
import type { EventDirectory, EventForOrders } from './event-directory.ts';
import type { Money } from '../../platform/text/money.ts';
import { placements } from '../metrics.ts';
import type { PaymentOf, PaymentView, IsPassNeeded, ReadPass } from '../ports.ts';
import { passMissing, placementRefusal } from './refusal.ts';
import type { Placed, Placement } from './placement.ts';
import type { PlacementItem } from './queries.ts';
import { presentOrder } from '../buyer/present.ts';
import { type PromoLimiter, countGuess, promoGuesser, refuseGuesses } from '../promo-codes/guesses.ts';
import { promoKeyOf } from '../promo-codes/code.ts';
import type { PlaceOrderInput } from '../schemas.ts';
import type { SoldOutMemory } from './sold-out-memory.ts';
import { linkVersionOf } from '../buyer/order-access.ts';
import { showOrder } from '../buyer/show-order.ts';

export type PlaceOrderDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly placement: Placement;
  readonly directory: EventDirectory;
  readonly soldOut: SoldOutMemory;
  readonly paymentOf: PaymentOf;
  /** Whether preparing a payment for a new order of this organiser would take more than a third of the hold. */
  readonly isPaymentBusy: (organizerId: string, holdSeconds: number) => boolean;
  /** The refusal, if an operator has switched off new orders of the event. */
  readonly switchedOff: (eventId: string) => DomainError | undefined;
  readonly promoLimiter: PromoLimiter;
  readonly readPass: ReadPass;
  readonly isPassNeeded: IsPassNeeded;
  readonly hashSecret: string;
  readonly orderTokenSecret: string;
  readonly holdJitterSeconds: number;
};

export type PlaceOrderRequest = {
  readonly input: PlaceOrderInput;
  readonly idempotencyKey: string;
  /** The client's network, from `createClientNetwork`. */
  readonly network: string;
  /** The header `Queue-Pass`, unverified. */
  readonly queuePass?: string | undefined;
  /** The account of a valid buyer token, if one was sent. */
  readonly buyerAccount?: string | undefined;
};

export type PlacedOrder = {
  readonly order: ReturnType<typeof presentOrder> & { accessToken: string };
  readonly replayed: boolean;
};

const againMax = 5;
const busyRetrySeconds = 15;

/**
 * Places an order: holds its tickets and stages its payment. The order is durable when this returns. The same key with the same body
 * finds the same order at any later time; a refusal is decided again each time.
 * @throws DomainError with the codes of `errors.ts`, request.invalid for an invalid phone number,
 * idempotency.key_reused, service.overloaded, service.unavailable
 */
export async function placeOrder(deps: PlaceOrderDeps, request: PlaceOrderRequest): Promise<PlacedOrder> {
  const { input } = request;
  const event = await deps.directory.find(input.eventSlug);
  if (event === undefined) throw eventNotFound();
  const eventId = event.id;
  const keyHash = sha256Hex(request.idempotencyKey);
  const pass = request.queuePass === undefined ? undefined : deps.readPass(eventId, request.queuePass);
  await refuseEarly(deps, event, input, keyHash, pass);

  const { name, email } = input.buyer;
  const buyer = { name, email, phone: phoneOf(input.buyer, event.country, 'buyer.phone') };
  const keys = buyerKeys(deps.hashSecret, buyer);
  const proven = pass === undefined || pass === 'invalid' ? null : pass.accountKey;
  const confirmed = keys.find((key) => key === proven || key === request.buyerAccount) ?? null;
  // Tickets held with passes count apart: when the room is over, they do not keep the others of the network from ordering.
  const isByPass = confirmed !== null && confirmed === proven && deps.isPassNeeded(eventId);
  const item = {
    id: newOrderId(eventId, deps.clock.now()),
    key_hash: keyHash,
    fingerprint: fingerprintOf({ ...input, buyer }),
    ...buyer,
    buyer_keys: keys,
    network_key: networkKey(deps.hashSecret, isByPass ? `waiting-room:${request.network}` : request.network),
    locale: input.locale,
    promo: promoKeyOf(input.promoCode ?? ''),
    expected_total: input.expectedTotal === undefined ? null : amountExpected(input.expectedTotal, event),
    pass_index: pass === undefined || pass === 'invalid' ? null : pass.placeIndex,
    pass_account: proven,
    confirmed,
    jitter_seconds: deps.holdJitterSeconds === 0 ? 0 : randomInt(deps.holdJitterSeconds + 1),
    categories: input.lines.map((line) => line.ticketCategoryId),
    quantities: input.lines.map((line) => line.quantity),
    traceparent: storedTraceparent(),
  };
  const guesser = promoGuesser(deps, eventId, item);
  await refuseGuesses(deps, eventId, keyHash, guesser);
  const placed = await deps.soldOut.deciding(keyHash, () => submit(deps.placement, eventId, item));
  rememberSoldOut(deps.soldOut, eventId, item.categories, placed);
  placements.inc({ outcome: placed.row.outcome });
  await countGuess(deps, guesser, placed.row.outcome);
  return answer(deps, { input, item, placed, pass });
}

/**
 * Refuses from memory, without a turn in the event's lane. A key that already has an order passes, so that it finds
 * that order.
 */
async function refuseEarly(
  deps: PlaceOrderDeps,
  event: EventForOrders,
  input: PlaceOrderInput,
  keyHash: string,
  pass: ReturnType<ReadPass> | undefined,
): Promise<void> {
  const refusal = refusalInMemory(deps, event, input, pass);
  if (refusal === undefined || (await deps.soldOut.isKeyKnown(event.id, keyHash))) return;
  placements.inc({ outcome: refusal.outcome });
  throw refusal.error;
}

function refusalInMemory(
  deps: PlaceOrderDeps,
  event: EventForOrders,
  input: PlaceOrderInput,
  pass: ReturnType<ReadPass> | undefined,
): { readonly outcome: string; readonly error: DomainError } | undefined {
  const switchedOff = deps.switchedOff(event.id);
  if (switchedOff !== undefined) return { outcome: 'switched_off', error: switchedOff };
  const categories = input.lines.map((line) => line.ticketCategoryId);
  const isFree = categories.every((id) => event.freeCategories.includes(id));
  if (!isFree && deps.isPaymentBusy(event.organizerId, event.holdSeconds)) {
    return { outcome: 'payments_busy', error: paymentsBusy(busyRetrySeconds) };
  }
  if ((pass === undefined || pass === 'invalid') && deps.isPassNeeded(event.id)) {
    return { outcome: 'pass_missing', error: passMissing(pass) };
  }
  if (deps.soldOut.has(event.id, categories)) return { outcome: 'sold_out_remembered', error: soldOut() };
  return undefined;
}

function rememberSoldOut(memory: SoldOutMemory, eventId: string, categories: readonly string[], { row }: Placed): void {
  if (row.outcome === 'placed' || row.outcome === 'paid') memory.forget(eventId, categories);
  if (row.outcome === 'sold_out' && row.detail?.['available'] === 0)
    memory.note(eventId, String(row.detail['ticketCategoryId']));
}

/** Submits again if another item of the same buyer was in the same batch. */
async function submit(placement: Placement, eventId: string, item: PlacementItem): Promise<Placed> {
  for (let tries = 1; ; tries += 1) {
    const placed = await placement.submit(eventId, item);
    if (placed.row.outcome !== 'again' || tries >= againMax) return placed;
  }
}

/** A total in another currency than the event's becomes -1, which no order costs. */
function amountExpected({ amount, currency }: Money, event: EventForOrders): number {
  return currency === event.currency ? amount : -1;
}

/**
 * The body in canonical form, so that white space and the order of keys make no difference. The expected total is left
 * out, because it is a condition and not part of the order. A buyer who agrees to a new total sends it under the same
 * key, and finds the order if the first try placed it.
 */
function fingerprintOf({ eventSlug, buyer, lines, promoCode, locale }: PlaceOrderInput): string {
  const facts = [
    eventSlug,
    buyer.name,
    buyer.email,
    buyer.phone,
    lines.map((line) => [line.ticketCategoryId, line.quantity]),
    promoKeyOf(promoCode ?? ''),
    locale,
  ];
  return sha256Hex(JSON.stringify(facts));
}

type Decided = {
  readonly input: PlaceOrderInput;
  readonly item: PlacementItem;
  readonly placed: Placed;
  readonly pass: ReturnType<ReadPass> | undefined;
};

async function answer(deps: PlaceOrderDeps, { input, item, placed, pass }: Decided): Promise<PlacedOrder> {
  const { row } = placed;
  const accessToken = (orderId: string, version: number) => orderAccessToken(deps.orderTokenSecret, orderId, version);
  switch (row.outcome) {
    case 'placed':
    case 'paid':
      return {
        order: { ...presentPlaced(input, item, placed), accessToken: accessToken(item.id, 1) },
        replayed: false,
      };
    case 'replayed': {
      const orderId = row.order_id ?? '';
      const order = await showOrder({ db: deps.db, paymentOf: deps.paymentOf }, orderId);
      const version = (await linkVersionOf(deps.db, orderId)) ?? 1;
      return { order: { ...order, accessToken: accessToken(orderId, version) }, replayed: orderId !== item.id };
    }
    default:
      throw placementRefusal(row, pass);
  }
}

/** A new order as its buyer sees it, without reading it again. */
function presentPlaced({ lines }: PlaceOrderInput, item: PlacementItem, { row, facts }: Placed) {
  const isFree = row.outcome === 'paid';
  const placedAt = new Date(Number(row.placed_at_ms));
  const payment: PaymentView = isFree ? { status: 'none', method: 'none' } : { status: 'creating', method: 'any' };
  return presentOrder(
    {
      order: {
        id: item.id,
        eventId: eventIdOf(item.id),
        status: isFree ? 'paid' : 'pending_payment',
        buyerName: item.name,
        buyerEmail: item.email,
        buyerPhone: item.phone,
        currency: facts.currency,
        subtotal: Number(row.subtotal),
        discount: Number(row.discount),
        fees: Number(row.fees),
        total: Number(row.total),
        placedAt,
        expiresAt: new Date(Number(row.expires_at_ms)),
        paidAt: isFree ? placedAt : null,
      },
      eventSlug: facts.slug,
      lines: lines.map((line) => {
        const category = facts.categories[line.ticketCategoryId];
        return { ...line, name: category?.name ?? '', unitPrice: category?.price ?? 0 };
      }),
    },
    payment,
  );
}
