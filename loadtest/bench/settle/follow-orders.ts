import { sql } from 'drizzle-orm';
import { demoMidtransAccount } from '../../../sandbox/demo-accounts.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { createLatencies } from '../../generator/latencies.ts';
import { insertPaymentAccount } from '../fill/payment-account.ts';
import { type Measurement, measurementOf } from '../harness/report.ts';
import { type BenchApi, type BenchStack, say } from '../harness/stack.ts';
import type { Payment } from '../load/gateway-sink.ts';
import type { OrderShape } from '../load/order-requests.ts';
import type { GatewaySink } from '../load/start-gateway-sink.ts';
import type { MailSink } from '../load/start-mail-sink.ts';

/** Follows orders from placement to the mail with their tickets. */

/** A buyer pays this long after the payment was made. */
export const payAfterMs = 200;
const lookEveryMs = 250;
const deadlineMs = 300_000;

export const stages = ['placed', 'instructed', 'callback stored', 'paid', 'mailed'] as const;
export type Stage = (typeof stages)[number];

export type World = {
  readonly stack: BenchStack;
  readonly api: BenchApi;
  readonly gateway: GatewaySink;
  readonly mails: MailSink;
};

/** One organizer's events on sale, and the orders that are placed in turn. */
export type Sale = { readonly organizerId: string; readonly shapes: readonly OrderShape[] };

/** What arrived at the gateway and the mail server during a sale. */
export type Arrived = {
  readonly payments: readonly Payment[];
  /** When the first mail of each address came. */
  readonly mailedMs: ReadonlyMap<string, number>;
  /** Mails that came more than once for one order. */
  readonly doubles: number;
};

export type Followed = {
  /** When each order reached each stage, in milliseconds since 1970. */
  readonly moments: ReadonlyMap<Stage, ReadonlyMap<string, number>>;
  readonly faults: readonly string[];
};

export type SaleOptions = {
  readonly events: number;
  /** Of each event. */
  readonly categories: number;
  /** Of each category. */
  readonly capacity: number;
  /** The share of the payments that buyers pay; default: 1. */
  readonly payShare?: number;
};

/** An organizer with an account at the gateway and so many events, each with so many categories. */
export async function openSale(
  { stack, api, gateway }: World,
  { events, categories, capacity, payShare }: SaleOptions,
): Promise<Sale> {
  const first = await createEvent(stack.open.db, {
    event: { ticketsPerBuyerMax: 6 },
    categories: Array.from({ length: categories }, () => ({ capacity })),
  });
  await insertPaymentAccount(stack.owner.db, first);
  const others = [];
  for (let made = 1; made < events; made += 1) {
    others.push(
      await createEvent(stack.open.db, {
        organizer: first.organizer,
        event: { ticketsPerBuyerMax: 6 },
        categories: Array.from({ length: categories }, () => ({ capacity })),
      }),
    );
  }
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
  };
}

/**
 * Waits until the last mail of a sale has arrived, or the deadline has passed. It polls only the gateway and the mail server, because
 * counting rows four times a second took more than a quarter of Postgres' time. Call it just before the first order is placed.
 */
export async function awaitMails({ gateway, mails }: World, count: number): Promise<Arrived> {
  const payments: Payment[] = [];
  const mailedMs = new Map<string, number>();
  let arrived = 0;
  const giveUpAt = performance.now() + deadlineMs;
  for (let looks = 1; mailedMs.size < count && performance.now() < giveUpAt; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    for (const payment of (await gateway.taken()).payments) payments.push(payment);
    for (const { recipient, atMs } of (await mails.taken()).arrivals) {
      arrived += 1;
      const address = recipient.toLowerCase();
      if (!mailedMs.has(address)) mailedMs.set(address, atMs);
    }
    if (looks % 20 === 0) say(`instructed ${payments.length}, mailed ${mailedMs.size} of ${count}`);
  }
  return { payments, mailedMs, doubles: arrived - mailedMs.size };
}

/** The stages of a finished sale, from the tables and from what arrived at the gateway and the mail server. */
export async function readStages(world: World, sale: Sale, count: number, arrived: Arrived): Promise<Followed> {
  const faults = await missingOf(world, sale, count, arrived.mailedMs);
  const doubles = arrived.doubles === 0 ? [] : [`${arrived.doubles} mails came twice`];
  return { moments: await momentsOf(world, sale, arrived), faults: [...faults, ...doubles] };
}

async function momentsOf(
  { stack }: World,
  { organizerId }: Sale,
  { payments, mailedMs }: Arrived,
): Promise<Followed['moments']> {
  const rows = await rowsOf<{ id: string; email: string; placed: number; paid: number | null; stored: number | null }>(
    stack.owner.db,
    sql`select o.id, o.buyer_email as email, extract(epoch from o.placed_at)::float8 * 1000 as placed,
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
    ['mailed', known(rows.map(({ id, email }) => [id, mailedMs.get(email.toLowerCase())]))],
  ]);
}

/** Missing and duplicate rows and messages, in words. Mails may be sent twice if a worker was killed. */
async function missingOf(
  { stack }: World,
  { organizerId }: Sale,
  count: number,
  mailedMs: ReadonlyMap<string, number>,
): Promise<string[]> {
  const [row] = await rowsOf<{ paid: number; tickets: number; applied: number }>(
    stack.owner.db,
    sql`select (select count(*)::int from orders where organizer_id = ${organizerId} and status = 'paid') as paid,
               (select count(*)::int from tickets t join orders o on o.event_id = t.event_id and o.id = t.order_id
                where o.organizer_id = ${organizerId} and t.status = 'live') as tickets,
               (select count(*)::int from callbacks where organizer_id = ${organizerId} and status = 'applied') as applied`,
  );
  const seen = { ...row, 'orders with a mail': mailedMs.size };
  return Object.values(seen).every((value) => value === count)
    ? []
    : [`${count} orders, but ${JSON.stringify(seen)} within ${deadlineMs / 1000} s`];
}

/** A stage's rate from its first to its last order, and its delay after the previous stage. */
export function stageMeasured(name: string, stage: Stage, { moments }: Followed): Measurement {
  const at = moments.get(stage) ?? new Map<string, number>();
  const former = stages[stages.indexOf(stage) - 1] ?? stage;
  const since = (other: Stage) => {
    const latencies = createLatencies();
    for (const [id, atMs] of at) {
      const began = moments.get(other)?.get(id);
      if (began !== undefined) latencies.add(Math.max(0, atMs - began));
    }
    return latencies;
  };
  const seconds = secondsOf(at);
  const whole = since('placed');
  const run = {
    seconds,
    counted: at.size,
    perSecond: at.size / seconds,
    statuses: {},
    latencies: since(former),
    cores: {},
  };
  return {
    ...measurementOf(former === stage ? `${name}: ${stage}` : `${name}: ${stage}, after ${former}`, [run]),
    note: `since placed: p50 ${Math.round(whole.percentile(0.5))} ms, p99 ${Math.round(whole.percentile(0.99))} ms`,
  };
}

/** Orders per second of a stage, from its first order to its last. */
export function rateOf(stage: Stage, { moments }: Followed): number {
  const at = moments.get(stage) ?? new Map<string, number>();
  return at.size / secondsOf(at);
}

function secondsOf(at: ReadonlyMap<string, number>): number {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const atMs of at.values()) {
    first = Math.min(first, atMs);
    last = Math.max(last, atMs);
  }
  return Math.max(0.001, (last - first) / 1000);
}

/** How many orders had reached a stage, by seconds since the first order was placed. */
export function curveOf(stage: Stage, { moments }: Followed): [seconds: number, orders: number][] {
  const times = (of: Stage) => [...(moments.get(of)?.values() ?? [])].toSorted((one, other) => one - other);
  const began = times('placed')[0] ?? 0;
  return times(stage).map((atMs, before) => [(atMs - began) / 1000, before + 1]);
}
