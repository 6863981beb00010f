import { sql } from 'drizzle-orm';
import { demoMidtransAccount } from '../../../sandbox/demo-accounts.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { insertPaymentAccount } from '../fill/payment-account.ts';
import { insertSenders } from '../fill/whatsapp-senders.ts';
import { type BenchApi, type BenchStack, say } from '../harness/stack.ts';
import type { Payment } from '../load/gateway-sink.ts';
import type { OrderShape } from '../load/order-requests.ts';
import type { GatewaySink } from '../load/start-gateway-sink.ts';
import type { MailSink } from '../load/start-mail-sink.ts';
import type { Sink } from '../load/start-sink.ts';
import type { Followed } from './stages.ts';

/** Follows orders from placement to the mail and the WhatsApp message with their tickets. */

/** A buyer pays this long after the payment was made. */
export const payAfterMs = 200;
const lookEveryMs = 250;
const deadlineMs = 300_000;

export type World = {
  readonly stack: BenchStack;
  readonly api: BenchApi;
  readonly gateway: GatewaySink;
  readonly mails: MailSink;
  readonly whatsapp: Sink;
};

/** One organizer's events on sale, and the orders that are placed in turn. */
export type Sale = {
  readonly organizerId: string;
  readonly shapes: readonly OrderShape[];
  readonly isFree: boolean;
};

/** When the first message of each recipient came, and how many came to one more than once. */
type Messages = { readonly atMs: ReadonlyMap<string, number>; readonly doubles: number };

/** What arrived at the gateway, the mail server and WhatsApp during a sale. */
export type Arrived = {
  readonly payments: readonly Payment[];
  /** By address. */
  readonly mails: Messages;
  /** By phone number, its digits alone. */
  readonly whatsapp: Messages;
};

export type SaleOptions = {
  readonly events: number;
  /** Of each event. */
  readonly categories: number;
  /** Of each category. */
  readonly capacity: number;
  /** Of a ticket; default: that of test events. */
  readonly price?: number;
  /** The share of the payments that buyers pay; default: 1. */
  readonly payShare?: number;
  /** Whether tickets are also sent by WhatsApp; default: by mail alone. */
  readonly hasSenders?: boolean;
  /** Of unpaid orders; the product's default when missing. */
  readonly holdSeconds?: number;
};

/** An organizer with an account at the gateway and so many events, each with so many categories. */
export async function openSale(
  { stack, api, gateway }: Pick<World, 'stack' | 'api' | 'gateway'>,
  { events, categories, capacity, price, payShare, hasSenders, holdSeconds }: SaleOptions,
): Promise<Sale> {
  const wanted = {
    event: { ticketsPerBuyerMax: 6, ...(holdSeconds !== undefined && { holdSeconds }) },
    categories: Array.from({ length: categories }, () => ({ capacity, ...(price !== undefined && { price }) })),
  };
  const first = await createEvent(stack.open.db, wanted);
  await insertPaymentAccount(stack.owner.db, first);
  if (hasSenders === true) await insertSenders(stack.owner.db, first);
  const others = [];
  for (let made = 1; made < events; made += 1)
    others.push(await createEvent(stack.open.db, { ...wanted, organizer: first.organizer }));
  const { serverKey, merchantId } = demoMidtransAccount;
  gateway.pay({
    apiPort: api.port,
    organizerSlug: first.organizer.slug,
    serverKey,
    merchantId,
    payAfterMs,
    ...(payShare !== undefined && { payShare }),
  });
  return {
    organizerId: first.organizer.id,
    shapes: [first, ...others].flatMap(({ slug, categories: sold }) =>
      sold.map(({ id }) => ({ slug, lines: [{ ticketCategoryId: id, quantity: 1 }] })),
    ),
    isFree: price === 0,
  };
}

/**
 * Waits until the last message of a sale has arrived, or the deadline has passed. It polls only the servers outside, because
 * counting rows four times a second took more than a quarter of Postgres' time. Call it just before the first order is placed.
 */
export async function awaitMessages(
  { gateway, mails, whatsapp }: World,
  { isFree }: Sale,
  count: number,
): Promise<Arrived> {
  const payments: Payment[] = [];
  const [mailed, messaged] = [collectorOf(mails), collectorOf(whatsapp)];
  const giveUpAt = performance.now() + deadlineMs;
  const isLeft = () => mailed.atMs.size < count || (!isFree && messaged.atMs.size < count);
  for (let looks = 1; isLeft() && performance.now() < giveUpAt; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    for (const payment of (await gateway.taken()).payments) payments.push(payment);
    await mailed.look();
    await messaged.look();
    if (looks % 20 === 0)
      say(`instructed ${payments.length}, mailed ${mailed.atMs.size} and messaged ${messaged.atMs.size} of ${count}`);
  }
  return { payments, mails: mailed.messages(), whatsapp: messaged.messages() };
}

function collectorOf(sink: Pick<Sink, 'taken'>) {
  const atMs = new Map<string, number>();
  let arrived = 0;
  return {
    atMs,
    look: async () => {
      for (const arrival of (await sink.taken()).arrivals) {
        arrived += 1;
        const recipient = arrival.recipient.toLowerCase();
        if (!atMs.has(recipient)) atMs.set(recipient, arrival.atMs);
      }
    },
    messages: (): Messages => ({ atMs, doubles: arrived - atMs.size }),
  };
}

/** The stages of a finished sale, from the tables and from what arrived outside. */
export async function readStages(world: World, sale: Sale, count: number, arrived: Arrived): Promise<Followed> {
  const doubles = Object.entries({ mails: arrived.mails.doubles, 'WhatsApp messages': arrived.whatsapp.doubles });
  return {
    moments: await momentsOf(world, sale, arrived),
    faults: [
      ...(await missingOf(world, sale, count, arrived)),
      ...doubles.flatMap(([what, times]) => (times === 0 ? [] : [`${times} ${what} came twice`])),
    ],
  };
}

type OrderRow = {
  readonly id: string;
  readonly email: string;
  readonly phone: string;
  readonly placed: number;
  readonly paid: number | null;
  readonly stored: number | null;
};

async function momentsOf(
  { stack }: World,
  { organizerId }: Sale,
  { payments, mails, whatsapp }: Arrived,
): Promise<Followed['moments']> {
  const rows = await rowsOf<OrderRow>(
    stack.owner.db,
    sql`select o.id, o.buyer_email as email, regexp_replace(o.buyer_phone, '[^0-9]', '', 'g') as phone,
               extract(epoch from o.placed_at)::float8 * 1000 as placed,
               extract(epoch from o.paid_at)::float8 * 1000 as paid, extract(epoch from c.received_at)::float8 * 1000 as stored
        from orders o left join callbacks c on c.organizer_id = ${organizerId} and c.attempt_id = 'pay_' || substr(o.id, 5) || '01'
        where o.organizer_id = ${organizerId}`,
  );
  const known = (pairs: readonly (readonly [string, number | null | undefined])[]) =>
    new Map(pairs.flatMap(([id, atMs]) => (typeof atMs === 'number' ? [[id, atMs] as const] : [])));
  return new Map([
    ['placed', known(rows.map(({ id, placed }) => [id, placed]))],
    ['instructed', known(payments.map(({ attemptId, madeMs }) => [`ord_${attemptId.slice(4, -2)}`, madeMs]))],
    ['callback stored', known(rows.map(({ id, stored }) => [id, stored]))],
    ['paid', known(rows.map(({ id, paid }) => [id, paid]))],
    ['mailed', known(rows.map(({ id, email }) => [id, mails.atMs.get(email.toLowerCase())]))],
    ['messaged', known(rows.map(({ id, phone }) => [id, whatsapp.atMs.get(phone)]))],
  ]);
}

/** Missing and duplicate rows and messages, in words. Messages may be sent twice if a worker was killed. */
async function missingOf(
  { stack }: World,
  { organizerId, isFree }: Sale,
  count: number,
  { mails, whatsapp }: Arrived,
): Promise<string[]> {
  const [row] = await rowsOf<{ paid: number; tickets: number; applied: number }>(
    stack.owner.db,
    sql`select (select count(*)::int from orders where organizer_id = ${organizerId} and status = 'paid') as paid,
               (select count(*)::int from tickets t join orders o on o.event_id = t.event_id and o.id = t.order_id
                where o.organizer_id = ${organizerId} and t.status = 'live') as tickets,
               (select count(*)::int from callbacks where organizer_id = ${organizerId} and status = 'applied') as applied`,
  );
  const seen = { ...row, 'orders with a mail': mails.atMs.size, 'with a WhatsApp message': whatsapp.atMs.size };
  // Nobody's phone rings for a free order, unless its buyer has confirmed the number.
  const ofPaid = ['applied', 'with a WhatsApp message'];
  const wanted = (name: string) => (isFree && ofPaid.includes(name) ? 0 : count);
  return Object.entries(seen).every(([name, value]) => value === wanted(name))
    ? []
    : [`${count} orders, but ${JSON.stringify(seen)} within ${deadlineMs / 1000} s`];
}
