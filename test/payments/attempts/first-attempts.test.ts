import { type SQL, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createFirstAttempts } from '../../../src/payments/attempts/first-attempts.ts';
import { claimAttempt } from '../../../src/payments/attempts/queries.ts';
import { attemptLeaseSeconds, checkPendingSeconds } from '../../../src/payments/limits.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { place } from '../../../testkit/payments/payment-jobs.ts';
import { createPaidEvent, usePaymentWorld } from '../../../testkit/payments/payment-world.ts';

/** Guards the claim of a first attempt, and that recording what the gateway has made stays cheap. */

const world = await usePaymentWorld();

async function claimed() {
  const event = await createPaidEvent(world);
  const { orderId, attemptId } = await place(world, event, { quantity: 1 });
  const ref = { eventId: event.id, orderId, attemptId };
  expect(await createFirstAttempts(world.db).claim({ ...ref, gateway: 'midtrans' })).toBe(true);
  return ref;
}

test('a claimed attempt is of no other worker until the claim ends, which is before the gateway would be asked', async () => {
  const { attemptId } = await claimed();
  const take = () => claimAttempt(world.db, attemptId, attemptLeaseSeconds);
  const [times] = await rowsOf<{ claimed: number; looked: number }>(
    world.db,
    sql`select extract(epoch from claimed_until - created_at)::float8 as claimed, extract(epoch from next_check_at - created_at)::float8 as looked
        from payment_attempts where id = ${attemptId}`,
  );
  expect(times).toEqual({ claimed: attemptLeaseSeconds, looked: checkPendingSeconds });
  expect(await take()).toBeUndefined();
  await world.db.execute(sql`update payment_attempts set claimed_until = now() where id = ${attemptId}`);
  expect(await take()).toMatchObject({ status: 'creating', checks: 2 });
  expect(await take()).toBeUndefined();
});

/** Updated rows of attempts, and those of them for which no index was written. */
async function updatesOf(change: SQL): Promise<{ updated: number; withoutIndexes: number }> {
  return transaction(world.db, async (tx) => {
    // The connection also has the counts of transactions before this one.
    const count = async () => {
      const [row] = await rowsOf<{ updated: number; hot: number }>(
        tx,
        sql`select pg_stat_get_xact_tuples_updated('payment_attempts'::regclass)::int as updated,
              pg_stat_get_xact_tuples_hot_updated('payment_attempts'::regclass)::int as hot`,
      );
      return { updated: row?.updated ?? 0, hot: row?.hot ?? 0 };
    };
    const before = await count();
    await tx.execute(change);
    const after = await count();
    return { updated: after.updated - before.updated, withoutIndexes: after.hot - before.hot };
  });
}

test('recording an attempt that the gateway has made writes none of its indexes; control: moving the next look writes them', async () => {
  const { eventId, orderId, attemptId } = await claimed();
  const recorded = await updatesOf(sql`
    select record_made_attempts(array[${eventId}], array[${orderId}], array[${attemptId}], array['http://127.0.0.1/page'], array[600])`);
  expect(recorded).toEqual({ updated: 1, withoutIndexes: 1 });
  const moved = await updatesOf(sql`update payment_attempts set next_check_at = now() where id = ${attemptId}`);
  expect(moved).toEqual({ updated: 1, withoutIndexes: 0 });
});
