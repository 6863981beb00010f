import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { tellChange } from '../../platform/changes.ts';
import { type Db, afterCommit, rowsOf } from '../../platform/database/db.ts';
import { eventIdOf } from '../../platform/ids.ts';
import { tellStaged } from '../../platform/jobs/tell-staged.ts';
import { holdsEnded, holdsStuck } from '../metrics.ts';
import type { Order } from '../tables.ts';

/** Holds ended by one statement. While it runs, buyers wait some milliseconds for the stock of these events. */
const holdsPerStatement = 200;
/** One sweep continues for this long while holds are left. The next one begins soon after. */
const sweepMs = 1500;
/**
 * Pause after a statement, as a multiple of the time it took. A backlog of a million holds then uses only part of one
 * connection, and a smaller part while the database is busy, because statements take longer then.
 */
const restRatio = 3;

/**
 * Ends holds that have expired by Postgres' clock. Several runs may work at once: each skips rows that another run has locked. An
 * order whose hold cannot be ended without breaking a constraint gets the flag `hold_stuck` and waits for a person; cancelling it at
 * the desk tries again.
 * @returns how many were ended
 */
export async function expireHolds({ db }: { db: Db }): Promise<number> {
  const started = performance.now();
  let ended = 0;
  for (;;) {
    const began = performance.now();
    const [round] = await rowsOf<{ ended: number; stuck: readonly string[]; orders: readonly string[] }>(
      db,
      sql`select ended, stuck, orders from expire_holds(${holdsPerStatement}::integer)`,
    );
    const endedNow = round?.ended ?? 0;
    const orders = round?.orders ?? [];
    if (orders.length > 0) tellStaged(db);
    for (const [eventId, ids] of Map.groupBy(orders, eventIdOf)) {
      tellChange({ eventId, orders: ids.map((id) => ({ id })) });
    }
    ended += endedNow;
    holdsEnded.inc(endedNow);
    holdsStuck.inc(round?.stuck.length ?? 0);
    const took = performance.now() - began;
    // A statement that ends fewer holds than it may is not the last one: events share its limit.
    if (endedNow === 0 || performance.now() - started + restRatio * took > sweepMs) return ended;
    if (ended >= holdsPerStatement) await pause(restRatio * took);
  }
}

/**
 * Begins to end at most `limit` holds of a cancelled event: each becomes `closing`, and `order.closing` is staged for
 * it.
 * @returns the number begun
 */
export async function cancelHolds(db: Db, eventId: string, limit: number): Promise<number> {
  const [row] = await rowsOf<{ begun: number }>(db, sql`select cancel_holds(${eventId}, ${limit}::integer) as begun`);
  const begun = row?.begun ?? 0;
  if (begun > 0) {
    tellStaged(db);
    tellChange({ eventId, isOfAllOrders: true });
  }
  return begun;
}

/**
 * Ends a hold that nobody can pay any more. The order becomes expired or cancelled; its places, its share of limits and its promo
 * redemption are given back once. An order that is no longer on hold is not changed.
 */
export async function releaseHold(tx: Db, order: Order): Promise<void> {
  await tx.execute(sql`select release_holds(array[${order.eventId}]::text[], array[${order.id}]::text[])`);
  tellStaged(tx);
  afterCommit(tx, () => tellChange({ eventId: order.eventId, orders: [{ id: order.id }] }));
}
