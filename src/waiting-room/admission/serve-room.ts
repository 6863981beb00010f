import type { Db } from '../../platform/database/db.ts';
import { deleteOldMarks, findServedRoom, markOver, writeServed } from './queries.ts';
import type { HealthReader } from './health-reader.ts';
import { secondsServed } from '../metrics.ts';
import { nextServing } from './next-serving.ts';
import type { ChangeQueue, StockOf } from '../ports.ts';
import { showWindowSeconds } from './show-ratio.ts';

export type ServeDeps = {
  readonly db: Db;
  readonly health: HealthReader;
  readonly stockOf: StockOf;
  readonly isPaymentBusy: (organizerId: string, holdSeconds: number) => boolean;
  readonly paymentsPerSecond: number;
  readonly changeQueue: ChangeQueue;
};

/** `elsewhere`: another worker was first, or the room is not open. */
export type Served = 'served' | 'elsewhere' | 'stopped' | 'reopened' | 'sold_out';

/**
 * Calls the next second's positions of an open room, as fast as orders, payments and stock allow. Stops when called
 * buyers can take all that is left, continues when they do not, and ends the room when no ticket can come back. Any
 * number of workers may run it and be stopped anywhere: one statement writes everything, over exactly the row that was
 * read.
 */
export async function serveRoom(deps: ServeDeps, eventId: string): Promise<Served> {
  const room = await findServedRoom(deps.db, eventId, showWindowSeconds);
  if (room === undefined) return 'elsewhere';
  const [health, exchanged, stock] = await Promise.all([
    deps.health.read(eventId),
    deps.health.takeExchanged(eventId),
    deps.stockOf(deps.db, eventId),
  ]);
  const next = nextServing(room, {
    health,
    stock,
    exchanged,
    isPaymentBusy: deps.isPaymentBusy(room.organizer_id, room.hold_seconds),
    paymentsPerSecond: deps.paymentsPerSecond,
  });
  if (next === 'sold_out') {
    if (!(await markOver(deps.db, eventId))) return 'elsewhere';
    await deps.changeQueue(eventId);
    return 'sold_out';
  }
  if (!(await writeServed(deps.db, eventId, room, next))) {
    await deps.health.giveBackExchanged(eventId, exchanged);
    return 'elsewhere';
  }
  secondsServed[next.limit].inc();
  if (room.is_mark_due) await deleteOldMarks(deps.db, eventId);
  if (next.phase !== room.phase || next.rate !== room.rate) await deps.changeQueue(eventId);
  if (next.phase === room.phase) return 'served';
  return next.phase === 'open' ? 'reopened' : 'stopped';
}
