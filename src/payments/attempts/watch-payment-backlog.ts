import { sql } from 'drizzle-orm';
import { orderPlaced, ordersPlaced } from '../../orders/jobs.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { stagedJobs } from '../../platform/jobs/staged-jobs.ts';
import type { Log } from '../../platform/log.ts';
import { createAttemptJob } from '../jobs.ts';
import { paymentBacklog } from '../metrics.ts';

/** Whether new orders should be admitted, judged by how many wait for their payment to be made at the gateway. */
export type PaymentBacklog = {
  /**
   * True if a new order would wait for more than a third of its hold: by the gateway's rate, or because the oldest order that no
   * worker has taken has already waited that long, as with workers that are down or slower than the gateway. Costs
   * nothing, because every placement asks it.
   */
  isPaymentBusy(organizerId: string, holdSeconds: number): boolean;
  close(): void;
};

const refreshMs = 1000;
/** A slow count is followed by a longer pause, so that counting a large backlog does not make it larger. */
const pausesPerCount = 100;
const busyShare = 1 / 3;
/** Counting further would not change the answer for any hold. */
const countMax = 100_000;

/** Counts the backlog about once a second in the background. While Postgres is down, the last count stays. */
export function watchPaymentBacklog(deps: { db: Db; log: Log; createsPerSecond: number }): PaymentBacklog {
  let waiting: ReadonlyMap<string, Waiting> = new Map();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const refresh = async () => {
    const started = performance.now();
    try {
      waiting = await countWaitingOrders(deps.db, countMax);
      paymentBacklog.set([...waiting.values()].reduce((sum, { orders }) => sum + orders, 0));
    } catch (error) {
      deps.log.debug({ err: error }, 'the payment backlog could not be counted');
    }
    if (isClosed) return;
    timer = setTimeout(() => void refresh(), Math.max(refreshMs, pausesPerCount * (performance.now() - started)));
    timer.unref();
  };
  void refresh();
  return {
    isPaymentBusy: (organizerId, holdSeconds) => {
      const { orders, oldestSeconds } = waiting.get(organizerId) ?? { orders: 0, oldestSeconds: 0 };
      return Math.max(orders / deps.createsPerSecond, oldestSeconds) > holdSeconds * busyShare;
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

type Waiting = { readonly orders: number; readonly oldestSeconds: number };

/**
 * Orders whose payment waits to be made, by organiser, because each organiser has a rate of its own at the gateway.
 * Staged jobs stay in the outbox until they are done, so they are the waiting orders. At most `max` jobs are counted. The oldest is one that
 * no worker has taken: a job that is retried again and again says nothing about the others.
 */
async function countWaitingOrders(db: Db, max: number): Promise<Map<string, Waiting>> {
  const rows = await rowsOf<Waiting & { organizer_id: string }>(
    db,
    sql`
      select e.organizer_id, sum(staged.orders)::int as orders,
        coalesce(extract(epoch from now() - min(staged.oldest)), 0)::float8 as "oldestSeconds"
      from (
        select event_id, sum(orders) as orders, min(available_at) filter (where relays = 0) as oldest
        from (
          select event_id, available_at, relays, coalesce(jsonb_array_length(payload -> 'orderIds'), 1) as orders
          from ${stagedJobs([orderPlaced, ordersPlaced, createAttemptJob])} staged limit ${max}
        ) due
        group by 1
      ) staged
      join events e on e.id = staged.event_id
      group by 1`,
  );
  return new Map(rows.map(({ organizer_id, ...waiting }) => [organizer_id, waiting]));
}
