import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { settle, work } from '../../../testkit/payments/payment-jobs.ts';
import { attemptsOf, orderOf, refundsOf, tasksOf } from '../../../testkit/payments/payment-rows.ts';
import { control, createPaidEvent, usePaymentWorld } from '../../../testkit/payments/payment-world.ts';
import { codeOf, refunding } from '../support/refunding.ts';

/** Guards the fate of a refund at the gateway: it is paid once, under one key, or becomes a task for a person. */

const world = await usePaymentWorld();
const refunds = refunding(world);

describe('a refund at the gateway', () => {
  test('whose answer is lost is repeated under the same key, and money goes back once', async () => {
    const { event, placed } = await refunds.paidOrder();
    await control(world, '/scenarios', {
      match: { orderId: placed.attemptId },
      refund: { answer: 'reset_after', times: 1 },
      callback: { drop: true },
    });
    await refunds.ask(event, placed, { reason: 'x' });
    await work(world, placed);
    expect(await refundsOf(world, placed)).toMatchObject([{ status: expect.stringMatching(/processing|done/) }]);
    expect(world.sandbox.journal.refunds().filter(({ orderId }) => orderId === placed.attemptId)).toHaveLength(1);
  });

  test('is repeated while the gateway lacks money, and becomes a task where the gateway has no refunds', async () => {
    const { event, placed } = await refunds.paidOrder();
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, refund: { answer: 414, times: 2 } });
    await refunds.ask(event, placed, { reason: 'x' });
    await refunds.done(placed);
    // The buyer is told once that the money is back, however often the gateway confirms it.
    const told = sql`select name from outbox where name = 'order.refund_done' and payload ->> 'orderId' = ${placed.orderId}`;
    expect(await rowsOf(world.db, told)).toHaveLength(1);
    const transfer = await refunds.paidOrder({ method: 'bca_va' });
    await refunds.ask(transfer.event, transfer.placed, { reason: 'x' });
    expect(await refundsOf(world, transfer.placed)).toMatchObject([{ status: 'manual_required' }]);
    expect(await orderOf(world, transfer.placed)).toMatchObject({ status: 'refunded', tickets: 0 });
  });

  test('that is refused for good becomes a task for a person', async () => {
    const { event, placed } = await refunds.paidOrder();
    await control(world, '/scenarios', { match: { orderId: placed.attemptId }, refund: { answer: 412 } });
    await refunds.ask(event, placed, { reason: 'x' });
    await work(world, placed);
    expect(await refundsOf(world, placed)).toMatchObject([{ status: 'manual_required', failure: 'refused_by_state' }]);
    expect(await tasksOf(world, placed)).toMatchObject([{ kind: 'refund_manual' }]);
  });

  test('of a card payment before it settles is a void', async () => {
    const { event, placed } = await refunds.paidOrder({ method: 'credit_card' });
    await refunds.ask(event, placed, { reason: 'x' });
    await work(world, placed);
    await settle(world, placed, 3);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'voided', refunded: 300_000 }]);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'refunded', tickets: 0 });
  });

  test('of a part of a card payment waits until the payment has settled, and voids nothing', async () => {
    const { event, placed } = await refunds.paidOrder({ method: 'credit_card' });
    await refunds.ask(event, placed, { amount: 100_000, reason: 'x' });
    await work(world, placed, 1);
    expect(await refundsOf(world, placed)).toMatchObject([{ status: 'requested' }]);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'captured', refunded: 0 }]);
    await control(world, `/payments/${placed.attemptId}/settle`);
    await settle(world, placed, 3);
    await refunds.done(placed);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'partially_refunded', refunded: 100_000 }]);
    expect(await orderOf(world, placed)).toMatchObject({ status: 'partially_refunded', tickets: 2 });
  });

  test('that was a void whose answer is lost is done when the callback tells of it', async () => {
    const { event, placed } = await refunds.paidOrder({ method: 'credit_card' });
    await control(world, '/scenarios', {
      match: { orderId: placed.attemptId },
      close: { answer: 'reset_after', times: 1 },
    });
    await refunds.ask(event, placed, { reason: 'x' });
    await work(world, placed, 1);
    // The next try is some seconds away.
    await world.db.execute(sql`delete from outbox where name = 'payment.send_refund' and event_id = ${placed.eventId}`);
    await settle(world, placed, 3);
    expect(await attemptsOf(world, placed)).toMatchObject([{ status: 'voided', refunded: 300_000 }]);
    expect(await refundsOf(world, placed)).toMatchObject([{ status: 'done', failure: null }]);
    expect(world.sandbox.journal.refunds().filter(({ orderId }) => orderId === placed.attemptId)).toHaveLength(1);
  });
});

describe('a task', () => {
  const resolve = (event: TestEvent, taskId: string) =>
    fetch(`${world.url}/v1/organizers/${event.organizer.slug}/tasks/${taskId}/resolution`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.staffToken(event, 'manager')}` },
    });

  test('that a person has done is booked once, as paid from the bank', async () => {
    const { event, placed } = await refunds.paidOrder({ method: 'bca_va' });
    await refunds.ask(event, placed, { reason: 'x' });
    const list = await fetch(`${world.url}/v1/organizers/${event.organizer.slug}/tasks`, {
      headers: { authorization: `Bearer ${world.staffToken(event, 'manager')}` },
    });
    const { data } = (await list.json()) as { data: { id: string; kind: string }[] };
    expect(data).toMatchObject([{ kind: 'refund_manual' }]);
    const taskId = data[0]?.id ?? '';
    const other = await createPaidEvent(world);
    expect(await codeOf(await resolve(other, taskId))).toBe('404 task.not_found');
    const answers = await Promise.all(Array.from({ length: 5 }, () => resolve(event, taskId)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409]);
    expect(await refundsOf(world, placed)).toMatchObject([{ status: 'done' }]);
    const bank = await rowsOf<{ amount: string }>(
      world.db,
      sql`select amount::text from ledger_entries where order_id = ${placed.orderId} and account = 'bank'`,
    );
    expect(bank).toEqual([{ amount: '-300000' }]);
  });

  test('closes by itself when somebody has refunded in the gateway’s dashboard instead', async () => {
    const { event, placed } = await refunds.paidOrder({ method: 'bca_va' });
    await refunds.ask(event, placed, { reason: 'x' });
    await control(world, `/payments/${placed.attemptId}/refund`, {});
    await settle(world, placed, 4);
    expect(await refundsOf(world, placed)).toMatchObject([{ status: 'done', reason: 'requested' }]);
    expect(await tasksOf(world, placed)).toMatchObject([{ resolvedBy: 'system' }]);
  });
});
