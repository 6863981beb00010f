import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTakeTurn } from '../../../src/notifications/senders/take-turns.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { addGatewaySender } from '../../../testkit/notifications/message-gateways.ts';
import { type Notifications, openNotifications } from '../../../testkit/notifications/notification-world.ts';

/** Guards that workers who send from one number at once do not exceed its cap: that gets numbers banned. */

let world: Notifications;
beforeAll(async () => {
  world = await openNotifications();
});
afterAll(() => world.close());

const takenBy = async (senderId: string) => {
  const [row] = await rowsOf<{ taken: number }>(
    world.db,
    sql`select coalesce(sum(taken), 0)::int as taken from sender_days where sender_id = ${senderId}`,
  );
  return row?.taken ?? 0;
};

test('two processes share a cap, and exceed it without the count in Postgres', async () => {
  const { id } = await addGatewaySender(world, 'waha', { dailyCap: 50 });
  const processes = [createTakeTurn(world.db), createTakeTurn(world.db), createTakeTurn(world.db)];
  const race = async (
    take: (turn: (senderId: string, delivery: string) => Promise<boolean>, n: number) => Promise<boolean>,
  ) => {
    const turns = await Promise.all(
      Array.from({ length: 150 }, async (_, n) => {
        const turn = processes[n % processes.length];
        return turn === undefined ? false : take(turn, n);
      }),
    );
    return turns.filter(Boolean).length;
  };
  const idOf = (n: number) => `dlv_00000000000001${String(n).padStart(6, '0')}`;
  expect(await race((turn, n) => turn(id, idOf(n)))).toBe(50);
  // The control: each process looks before it takes, as it could without the statement that does both.
  await world.db.execute(sql`delete from sender_days where sender_id = ${id}`);
  const unguarded = await race(async (_turn, n) => {
    const before = await takenBy(id);
    if (before >= 50) return false;
    await world.db.execute(sql`
        insert into sender_days (sender_id, day, taken, granted) values (${id}, (now() at time zone 'UTC')::date, 1, 1)
        on conflict (sender_id, day) do update set taken = sender_days.taken + 1 where ${n} >= 0`);
    return true;
  });
  expect(unguarded).toBeGreaterThan(50);
});
