import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { createGatewayBudget } from '../../../src/payments/index.ts';
import { looksWaitingMax } from '../../../src/payments/limits.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { openCacheRedis } from '../../../src/platform/redis.ts';
import { placeReady } from '../../../testkit/payments/payment-jobs.ts';
import { createPaidEvent, usePaymentWorld } from '../../../testkit/payments/payment-world.ts';
import { createTestRedis } from '../../../testkit/services/redis.ts';

/** Guards that the looks that follow a rush neither fill the outbox nor delay anything else. */

const world = await usePaymentWorld();

describe('looks at payments that nothing was heard about', () => {
  test('are staged as others are taken, and one event after another, so that a rush neither fills the outbox nor holds up others', async () => {
    await world.db.execute(sql`update payment_attempts set next_check_at = next_check_at + interval '1 hour'`);
    await world.db.execute(sql`delete from outbox where name = 'payment.check_attempt'`);
    const [rush, other] = [await createPaidEvent(world), await createPaidEvent(world)];
    const placed = [];
    for (const one of [rush, rush, rush, other]) placed.push(await placeReady(world, one));
    for (const [seconds, { attemptId }] of placed.entries())
      await world.db.execute(sql`
        update payment_attempts set next_check_at = now() - interval '1 hour' + make_interval(secs => ${seconds}::float8) where id = ${attemptId}`);
    const [first, second, third, last] = placed.map(({ attemptId }) => attemptId);
    const stagedNow = async () => {
      await world.handlers['payments.reconcile']();
      const rows = await rowsOf<{ id: string }>(
        world.db,
        sql`select payload ->> 'attemptId' as id from outbox where name = 'payment.check_attempt' and payload ->> 'attemptId' like 'pay%'`,
      );
      return rows.map(({ id }) => id).sort();
    };
    const wait = (jobs: number) =>
      world.db.execute(sql`
        insert into outbox (name, payload) select 'payment.check_attempt', jsonb_build_object('attemptId', 'another ' || n)
        from generate_series(1, ${jobs}) n`);
    await wait(looksWaitingMax);
    expect(await stagedNow()).toEqual([]);
    await world.db.execute(sql`delete from outbox where name = 'payment.check_attempt'`);
    await wait(looksWaitingMax - 2);
    expect(await stagedNow()).toEqual([first, last].sort());
    // Those that were taken or wait for a pause make room.
    await world.db.execute(
      sql`update outbox set available_at = now() + interval '1 minute' where name = 'payment.check_attempt'`,
    );
    expect(await stagedNow()).toEqual([first, second, third, last].sort());
    await world.db.execute(sql`delete from outbox where name = 'payment.check_attempt'`);
  });

  test('have a rate apart from refunds and the ends of holds', async () => {
    const urls = await createTestRedis();
    const redis = openCacheRedis(urls.cacheUrl, world.deps.log);
    await new Promise((resolve) => redis.once('ready', resolve));
    const budget = createGatewayBudget({ redis, createsPerSecond: 5 });
    const ask = (partition: 'call' | 'look') => budget.acquire(partition, 'midtrans', 'org_x');
    const looks = await Promise.all(Array.from({ length: 50 }, () => ask('look')));
    expect(looks.filter((seconds) => seconds > 0)).toHaveLength(45);
    expect(await ask('call')).toBe(0);
    redis.disconnect();
    await urls.close();
  });
});
