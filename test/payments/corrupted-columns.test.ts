import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orderInvariants } from '../../src/orders/invariants.ts';
import { paymentInvariants } from '../../src/payments/invariants.ts';
import { type Db, type OpenDb, rowsOf } from '../../src/platform/database/db.ts';
import { violatedConstraint } from '../../src/platform/database/db-errors.ts';
import { createPromoCode } from '../../testkit/factories.ts';
import { openTestDb } from '../../testkit/orders/placing.ts';
import { placeReady, settle } from '../../testkit/payments/payment-jobs.ts';
import { type Placed, refundsOf } from '../../testkit/payments/payment-rows.ts';
import { control, createPaidEvent, usePaymentWorld } from '../../testkit/payments/payment-world.ts';
import { refunding } from './support/refunding.ts';

/**
 * Guards that the audit sees a wrong value in every column that holds money, stock or tickets, or says whose they are.
 * A column that no other row can contradict is listed with the reason, so a new column must be put in one of both lists.
 */

const world = await usePaymentWorld();
const refunds = refunding(world);
let owner: OpenDb;
/** Paid with a promo code; refunded in part; with a refund that was not sent yet; waiting for payment. */
const placed = {} as Record<'paid' | 'partly' | 'owing' | 'waiting', Placed>;

beforeAll(async () => {
  owner = openTestDb(world.database.directUrl, 1);
  await createPaidEvent(world);
  const event = await createPaidEvent(world, { event: { feePerTicket: 5000, ticketsPerBuyerMax: 10 } });
  await createPromoCode(world.db, event, { code: 'HEMAT', redemptionsMax: 9 });
  for (const name of ['paid', 'partly', 'owing', 'waiting'] as const) {
    placed[name] = await placeReady(world, event, { quantity: 2, ...(name === 'paid' ? { promoCode: 'HEMAT' } : {}) });
    if (name === 'waiting') continue;
    await control(world, `/payments/${placed[name].attemptId}/pay`, { method: 'qris' });
    await settle(world, placed[name], 2);
  }
  await refunds.ask(event, placed.partly, { amount: 50_000, reason: 'a bad seat' });
  await refunds.done(placed.partly);
  await refunds.ask(event, placed.owing, { amount: 70_000, reason: 'a bad seat' });
});
// A hook of this file runs before the world's own, which wants clean books: the refund is sent.
afterAll(async () => {
  await refunds.done(placed.owing);
  await owner.close();
});

/** The row that is changed. Some values matter only while an order or a refund waits. */
function rowOf(table: string, column: string): SQL {
  const { paid, partly, owing, waiting } = placed;
  const rows: Record<string, SQL> = {
    stock: sql`event_id = ${paid.eventId}`,
    promo_codes: sql`event_id = ${paid.eventId}`,
    limit_counters: sql`event_id = ${paid.eventId} and counter_key like 'n:%'`,
    orders: sql`id = ${paid.orderId}`,
    'orders.network_key': sql`id = ${waiting.orderId}`,
    'orders.expires_at': sql`id = ${waiting.orderId}`,
    order_lines: sql`order_id = ${paid.orderId}`,
    tickets: sql`id = (select min(id) from tickets where order_id = ${paid.orderId})`,
    payment_attempts: sql`id = ${paid.attemptId}`,
    'payment_attempts.next_check_at': sql`id = ${waiting.attemptId}`,
    refunds: sql`order_id = ${partly.orderId}`,
    'refunds.next_check_at': sql`order_id = ${owing.orderId}`,
    ledger_entries: sql`order_id = ${paid.orderId} and account = 'sales'`,
  };
  return rows[`${table}.${column}`] ?? rows[table] ?? sql`false`;
}

const another = sql`'another'`;
const event = sql`(select min(id) from events where id <> event_id)`;
const more = (column: string) => sql`${sql.identifier(column)} + 1`;

/** A wrong value for each column. */
const wrong: Record<string, Record<string, SQL>> = {
  stock: {
    event_id: another,
    pool_id: another,
    capacity: more('capacity'),
    available: more('available'),
    held: sql`held + 1, available = available - 1`,
    sold: sql`sold + 1, available = available - 1`,
    blocked: more('blocked'),
  },
  promo_codes: {
    event_id: event,
    id: another,
    kind: sql`'amount'`,
    value: more('value'),
    redemptions: more('redemptions'),
  },
  limit_counters: { event_id: event, counter_key: sql`'n:another'`, quantity: more('quantity') },
  orders: {
    event_id: event,
    id: another,
    organizer_id: another,
    status: sql`'expired'`,
    buyer_keys: sql`array['b', 'c']`,
    confirmed_key: sql`'c'`,
    network_key: another,
    currency: sql`'USD'`,
    quantity: more('quantity'),
    subtotal: sql`subtotal + 1, total = total + 1`,
    discount: sql`discount + 1, total = total - 1`,
    fees: sql`fees + 1, total = total + 1`,
    total: more('total'),
    promo_code_id: sql`null`,
    expires_at: sql`now() - interval '1 hour'`,
    paid_at: sql`null`,
  },
  order_lines: {
    event_id: event,
    order_id: another,
    ticket_category_id: another,
    pool_id: another,
    quantity: more('quantity'),
    unit_price: more('unit_price'),
  },
  tickets: {
    event_id: event,
    id: another,
    order_id: another,
    ticket_category_id: another,
    code: sql`(select t.code from tickets t where t.id <> tickets.id limit 1)`,
    status: sql`'revoked'`,
  },
  payment_attempts: {
    event_id: event,
    id: another,
    order_id: another,
    organizer_id: another,
    number: more('number'),
    amount: more('amount'),
    currency: sql`'USD'`,
    status: sql`'expired'`,
    received: sql`received + 1, refunded = refunded + 1`,
    refunded: more('refunded'),
    gateway_fee: more('gateway_fee'),
    next_check_at: sql`null`,
  },
  refunds: {
    event_id: event,
    id: another,
    order_id: another,
    attempt_id: another,
    organizer_id: another,
    amount: more('amount'),
    currency: sql`'USD'`,
    status: sql`'failed'`,
    next_check_at: sql`null`,
  },
  ledger_entries: {
    event_id: event,
    posting: another,
    account: sql`'chargebacks'`,
    order_id: another,
    attempt_id: another,
    amount: more('amount'),
    currency: sql`'USD'`,
  },
};

/** Columns that no other row can contradict, by the reason. */
const free: Record<string, Record<string, readonly string[]>> = {
  'what the organizer has set': { promo_codes: ['code', 'redemptions_max', 'valid_from', 'valid_until', 'status'] },
  'computed by Postgres': { promo_codes: ['code_key'] },
  'decided anew every few seconds': { stock: ['is_listed'] },
  'what a person has said': {
    orders: ['buyer_name', 'buyer_email', 'buyer_phone', 'locale', 'cancelled_by'],
    tickets: ['holder_name'],
    refunds: ['reason', 'requested_by'],
  },
  'the answer to a repeated request': {
    orders: ['idempotency_key_hash', 'fingerprint'],
    refunds: ['idempotency_key_hash'],
  },
  'what only the gateway knows': {
    payment_attempts: ['gateway', 'method', 'gateway_reference', 'redirect_url', 'instructions', 'failure'],
    refunds: ['gateway_refund_key', 'failure'],
  },
  'times and counts of what was done': {
    promo_codes: ['created_at'],
    orders: ['link_version', 'placed_at', 'hold_ends_max_at', 'closed_at', 'close_reason', 'flags', 'traceparent'],
    tickets: [
      'codes_before',
      'issued_at',
      'revoked_at',
      'revoked_reason',
      'named_at',
      'times_named',
      'times_transferred',
    ],
    payment_attempts: [
      'created_at',
      'expires_at',
      'claimed_until',
      'checks',
      'failed_looks',
      'close_requested_at',
      'updated_at',
      'is_open',
    ],
    refunds: ['ticket_ids', 'tries', 'refusals', 'failed_looks', 'created_at', 'done_at'],
    ledger_entries: ['posted_at'],
  },
};

test('every column of these tables has a wrong value here, or a reason for having none', async () => {
  const columns = await rowsOf<{ name: string }>(
    world.db,
    sql`select table_name || '.' || column_name as name from information_schema.columns
        where table_schema = 'public' and table_name in ${Object.keys(wrong)}`,
  );
  const named = [wrong, ...Object.values(free)].flatMap((tables) =>
    Object.entries(tables).flatMap(([table, of]) =>
      (Array.isArray(of) ? of : Object.keys(of)).map((column: string) => `${table}.${column}`),
    ),
  );
  expect(named.toSorted()).toEqual(columns.map(({ name }) => name).toSorted());
});

/** The invariants that a change breaks, or the constraint that refuses it. Everything is reverted. */
async function seenBy(change: SQL): Promise<string[]> {
  const undo = new Error('reverted');
  let seen: string[] = [];
  await owner.db
    .transaction(async (tx) => {
      const db = tx as unknown as Db;
      const changed = await rowsOf(db, change);
      expect(changed).toHaveLength(1);
      for (const { name, find } of [...orderInvariants, ...paymentInvariants]) {
        if ((await find(db)).length > 0) seen.push(name);
      }
      throw undo;
    })
    .catch((error: unknown) => {
      if (error === undo) return;
      const constraint = violatedConstraint(error);
      if (constraint === undefined) throw error;
      seen = [constraint];
    });
  return seen;
}

describe('a wrong value', () => {
  test.each(
    Object.entries(wrong).flatMap(([table, columns]) => Object.keys(columns).map((column) => [table, column] as const)),
  )('of %s.%s is seen', async (table, column) => {
    const change = sql`${sql.identifier(column)} = ${wrong[table]?.[column]}`;
    const where = rowOf(table, column);
    expect(await seenBy(sql`update ${sql.identifier(table)} set ${change} where ${where} returning 1`)).not.toEqual([]);
  });

  test('control: without one, nothing is seen', async () => {
    expect(await refundsOf(world, placed.owing)).toMatchObject([{ status: 'requested' }]);
    expect(await seenBy(sql`update orders set flags = flags where id = ${placed.paid.orderId} returning 1`)).toEqual(
      [],
    );
  });
});
