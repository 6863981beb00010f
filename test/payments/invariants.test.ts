import { type SQL, sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareWithSandbox } from '../../testkit/payments/compare-with-sandbox.ts';
import { paymentInvariants } from '../../src/payments/invariants.ts';
import { type PaymentWorld, control, createPaidEvent, openPaymentWorld } from '../../testkit/payments/payment-world.ts';
import type { Placed } from '../../testkit/payments/payment-rows.ts';
import { placeReady, settle } from '../../testkit/payments/payment-jobs.ts';

/** Guards the guards: each invariant about money finds the one row that breaks it, and names it. */

let world: PaymentWorld;
let direct: postgres.Sql;
let placed: Placed;

beforeAll(async () => {
  world = await openPaymentWorld();
  direct = postgres(world.database.directUrl, { max: 1, onnotice: () => {} });
  const event = await createPaidEvent(world);
  placed = await placeReady(world, event);
  await control(world, `/payments/${placed.attemptId}/pay`, { method: 'qris' });
  await settle(world, placed, 2);
});
afterAll(async () => {
  await direct.end();
  await world.close();
});

const clean = async () => {
  for (const { name, find } of paymentInvariants) expect(await find(world.db), name).toEqual([]);
};

/** Changes rows as nothing in the service would, checks, and reverts them. */
async function corrupted(name: string, change: SQL, undo: SQL): Promise<string[]> {
  await clean();
  await world.db.execute(change);
  const invariant = paymentInvariants.find((one) => one.name === name);
  const found = (await invariant?.find(world.db)) ?? [];
  await world.db.execute(undo);
  await clean();
  return found;
}

describe('a corrupted row is named', () => {
  test('when a posting does not add up', async () => {
    const found = await corrupted(
      'payments.postings_balance',
      sql`update ledger_entries set amount = amount + 1 where attempt_id = ${placed.attemptId} and account = 'sales'`,
      sql`update ledger_entries set amount = amount - 1 where attempt_id = ${placed.attemptId} and account = 'sales'`,
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(placed.attemptId);
  });

  test('when an attempt records more money than the ledger', async () => {
    const found = await corrupted(
      'payments.attempt_money',
      sql`update payment_attempts set received = received + 1 where id = ${placed.attemptId}`,
      sql`update payment_attempts set received = received - 1 where id = ${placed.attemptId}`,
    );
    expect(found[0]).toContain(placed.attemptId);
  });

  test('when the gateway keeps a fee that the ledger does not know, and when it keeps refunded money', async () => {
    const unbooked = await corrupted(
      'payments.gateway_fees',
      sql`update payment_attempts set gateway_fee = 1 where id = ${placed.attemptId}`,
      sql`update payment_attempts set gateway_fee = 0 where id = ${placed.attemptId}`,
    );
    expect(unbooked[0]).toContain(placed.attemptId);
    const entries = sql`${placed.eventId}, 'fee-test', 'gateway_fees', ${placed.orderId}, ${placed.attemptId}, -1, 'IDR'`;
    const gone = await corrupted(
      'payments.gateway_fees',
      sql`
        with booked as (insert into ledger_entries (event_id, posting, account, order_id, attempt_id, amount, currency) values (${entries}))
        update payment_attempts set gateway_fee = 1, refunded = received where id = ${placed.attemptId}`,
      sql`
        with booked as (delete from ledger_entries where posting = 'fee-test')
        update payment_attempts set gateway_fee = 0, refunded = 0 where id = ${placed.attemptId}`,
    );
    expect(gone[0]).toContain(placed.attemptId);
  });

  test('when money is owed in another currency than its refund', async () => {
    const found = await corrupted(
      'payments.owed_is_on_its_way',
      sql`insert into ledger_entries (event_id, posting, account, order_id, attempt_id, amount, currency)
          select ${placed.eventId}, 'usd-test', account, ${placed.orderId}, ${placed.attemptId}, amount, 'USD'
          from (values ('gateway', 5), ('refunds_due', -5)) e (account, amount)`,
      sql`delete from ledger_entries where posting = 'usd-test'`,
    );
    expect(found[0]).toContain('owes 5 USD');
  });

  test('when a paid order has no money', async () => {
    const found = await corrupted(
      'payments.paid_has_money',
      sql`update ledger_entries set order_id = 'ord_elsewhere' where order_id = ${placed.orderId}`,
      sql`update ledger_entries set order_id = ${placed.orderId} where order_id = 'ord_elsewhere'`,
    );
    expect(found[0]).toContain(placed.orderId);
  });

  test('when an unpaid order kept its money', async () => {
    const found = await corrupted(
      'payments.paid_has_money',
      sql`update orders set status = 'expired' where id = ${placed.orderId}`,
      sql`update orders set status = 'paid' where id = ${placed.orderId}`,
    );
    expect(found[0]).toContain(placed.orderId);
  });

  test('when money is owed and no refund exists', async () => {
    const move = (from: string, to: string) =>
      sql`update ledger_entries set account = ${to} where attempt_id = ${placed.attemptId} and account = ${from}`;
    const found = await corrupted(
      'payments.owed_is_on_its_way',
      move('sales', 'refunds_due'),
      move('refunds_due', 'sales'),
    );
    expect(found[0]).toContain(placed.orderId);
  });

  test('when a refund waits for a person without a task', async () => {
    const values = sql`${placed.eventId}, 'rfd_TEST', ${placed.orderId}, ${placed.attemptId}, 'org', 1, 'IDR', 'requested', 'manual_required', 'k', 'x'`;
    const found = await corrupted(
      'payments.manual_refund_has_task',
      sql`insert into refunds (event_id, id, order_id, attempt_id, organizer_id, amount, currency, reason, status, gateway_refund_key, requested_by) values (${values})`,
      sql`delete from refunds where id = 'rfd_TEST'`,
    );
    expect(found[0]).toContain('rfd_TEST');
  });

  test('when an order that has ended can still be paid', async () => {
    const found = await corrupted(
      'payments.ended_has_no_open_attempt',
      sql`with o as (update orders set status = 'expired' where id = ${placed.orderId}) update payment_attempts set status = 'pending' where id = ${placed.attemptId}`,
      sql`with o as (update orders set status = 'paid' where id = ${placed.orderId}) update payment_attempts set status = 'settled' where id = ${placed.attemptId}`,
    );
    expect(found[0]).toContain(placed.orderId);
  });

  test('when an order has two open attempts, which the table itself forbids', async () => {
    await clean();
    await direct.unsafe('drop index payment_attempts_open');
    await world.db.execute(sql`
      insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status)
      select event_id, left(id, -2) || n, order_id, organizer_id, n::int, gateway, method, amount, currency, 'pending'
      from payment_attempts, unnest(array['08', '09']) n where id = ${placed.attemptId}`);
    const one = paymentInvariants.find(({ name }) => name === 'payments.one_open_attempt');
    expect((await one?.find(world.db))?.[0]).toContain(placed.orderId);
    await world.db.execute(sql`delete from payment_attempts where number > 7`);
    await clean();
  });
});

describe('the journal of the sandbox', () => {
  const money = { orderId: 'pay_X', amount: 5, currency: 'IDR' };

  test('agrees with the ledger; a capture, refund or amount that only one side has is reported', async () => {
    expect(await compareWithSandbox(world.db, world.sandbox.url)).toEqual([]);
    const captures = world.sandbox.journal.captures().map((line) => ({
      ...line,
      orderId: String(line['orderId']),
      amount: Number(line['amount']),
      currency: String(line['currency']),
    }));
    expect(await compareWithSandbox(world.db, { captures, refunds: [] })).toEqual([]);
    expect(await compareWithSandbox(world.db, { captures: [], refunds: [] })).toHaveLength(1);
    expect(
      await compareWithSandbox(world.db, { captures: [...captures, { ...money, kind: 'capture' }], refunds: [] }),
    ).toHaveLength(1);
    const other = captures.map((line) => ({ ...line, amount: line.amount + 1 }));
    expect((await compareWithSandbox(world.db, { captures: other, refunds: [] }))[0]).toContain(placed.attemptId);
    const back = captures.map((line) => ({ ...line, kind: 'refund' }));
    expect(await compareWithSandbox(world.db, { captures, refunds: back })).toHaveLength(1);
  });

  test('may have money that came and was refunded before the service heard of it', async () => {
    const captures = [{ ...money, kind: 'capture' }];
    const refunds = [{ ...money, kind: 'void' }];
    const own = world.sandbox.journal.captures().map((line) => ({ ...money, ...line }));
    expect(await compareWithSandbox(world.db, { captures: [...own, ...captures], refunds })).toEqual([]);
  });
});
