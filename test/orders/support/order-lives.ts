import { sql } from 'drizzle-orm';
import { lockOrder, payOrder } from '../../../src/orders/index.ts';
import { type Db, rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { eventIdOf } from '../../../src/platform/ids.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { placingDeps } from '../../../testkit/orders/placing.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';

/** A database for all tests of a file, steps through an order's life, and what each leaves in stock and counters. */
export async function useOrderLives() {
  const { open, db } = await useTestDb();

  async function withOrder<T>(
    orderId: string,
    act: (tx: Db, locked: NonNullable<Awaited<ReturnType<typeof lockOrder>>>) => Promise<T>,
  ) {
    return transaction(db, async (tx) => {
      const locked = await lockOrder(tx, eventIdOf(orderId), orderId);
      if (locked === undefined) throw new Error('no such order');
      return act(tx, locked);
    });
  }
  const pay = (orderId: string) => withOrder(orderId, payOrder);

  async function stateOf(event: TestEvent, orderId: string) {
    const [row] = await rowsOf<Record<string, unknown>>(
      db,
      sql`select o.status, s.available, s.held, s.sold, s.blocked,
            (select count(*)::int from tickets t where t.order_id = o.id and t.status = 'live') as live,
            coalesce((select quantity from limit_counters l where l.event_id = o.event_id and l.counter_key = 'n:' || o.network_key), 0) as network,
            coalesce((select max(quantity) from limit_counters l where l.event_id = o.event_id and l.counter_key like 'o:%'), 0) as asker,
            coalesce((select max(quantity) from limit_counters l where l.event_id = o.event_id and l.counter_key like 'b:%'), 0) as buyer
          from orders o join stock s on s.event_id = o.event_id where o.event_id = ${event.id} and o.id = ${orderId}`,
    );
    return row;
  }
  const overdue = (orderId: string) =>
    db.execute(sql`update orders set expires_at = now() - interval '1 second' where id = ${orderId}`);

  return {
    db,
    deps: placingDeps(open),
    /** Placement without the memory of what this process has refused. */
    anotherProcess: () => placingDeps(open),
    withOrder,
    pay,
    stateOf,
    overdue,
  };
}
