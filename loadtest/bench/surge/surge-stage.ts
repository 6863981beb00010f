import { setTimeout as pause } from 'node:timers/promises';
import { type SQL, sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../../src/platform/database/db.ts';
import { createLatencies } from '../../generator/latencies.ts';
import { scanLoad } from '../check-ins.ts';
import type { Load } from '../harness/measure.ts';
import { type BenchOptions, warmupSeconds } from '../harness/options.ts';
import type { Payment } from '../load/gateway-sink.ts';
import { orderRequests } from '../load/order-requests.ts';
import { joinLoad } from '../queue/joins.ts';
import type { Connection, Destination } from '../../generator/connection.ts';
import { etagOf, onConnection } from '../reads/reads.ts';
import { browseRequests } from './mix-requests.ts';
import { type SentClass, sentClasses } from './mix.ts';
import { type Settled, type Stage, patienceMs } from './step.ts';
import type { SurgeWorld } from './surge-world.ts';

const settleDeadlineMs = 120_000;
const lookEveryMs = 250;
const refusedAfterwardsMs = 15_000;

/** The bench's own product as the stage of the mix, with its callbacks followed from now on. */
export function surgeStage(world: SurgeWorld, options: BenchOptions): Stage {
  const callbacks = followCallbacks(world);
  return {
    to: world.edge.port,
    classes: sentClasses,
    parts: () => world.parts(),
    loadOf: (name, seconds, perSecond) => loadOf(world, { ...options, seconds }, name, perSecond),
    callbacksSince: (fromMs) => callbacks.since(fromMs),
    untilSettled: () => untilSettled(world, callbacks.total),
    settledSince: (since) => settledSince(world.stack.owner.db, sql`organizer_id = ${world.organizerId}`, since),
  };
}

async function loadOf(world: SurgeWorld, options: BenchOptions, name: SentClass, perSecond: number): Promise<Load> {
  const { stack, placed } = world;
  switch (name) {
    case 'browse':
      return {
        next: browseRequests(await eventTags(world.edge.port, world.slugs), world.roomSlug),
        counts: ({ status }) => status === 200 || status === 304,
      };
    case 'orders':
      return { next: orderRequests(world.shapes), counts: ({ status }) => status === 201, onAnswer: placed.add };
    case 'status':
      return { next: placed.nextRead, counts: ({ status }) => status === 200 };
    case 'check-ins':
      return scanLoad(stack, options, perSecond);
    case 'joins':
      return joinLoad(stack, options, { buyers: perSecond * (options.seconds + warmupSeconds + 1) });
  }
}

/** The ETag of each event by its slug. */
export function eventTags(to: Destination, slugs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  return onConnection(to, async (probe) => {
    const tags = new Map<string, string>();
    for (const slug of slugs) tags.set(slug, await soonTagOf(probe, `/v1/events/${slug}`));
    return tags;
  });
}

/** After an overload, browsing is refused for a moment longer. */
async function soonTagOf(probe: Connection, path: string): Promise<string> {
  const until = performance.now() + refusedAfterwardsMs;
  for (;;) {
    try {
      return await etagOf(probe, path);
    } catch (error) {
      if (performance.now() > until) throw error;
      await pause(lookEveryMs);
    }
  }
}

/** Counts the callbacks that the gateway's process has sent. */
function followCallbacks({ gateway }: SurgeWorld) {
  let all = 0;
  let kept: Payment[] = [];
  const read = async () => {
    const { payments } = await gateway.taken();
    all += payments.length;
    // One by one: a soak takes more payments than a call takes arguments.
    for (const payment of payments) kept.push(payment);
  };
  return {
    total: async () => {
      await read();
      return all;
    },
    since: async (fromMs: number) => {
      await read();
      const latencies = createLatencies();
      let inTime = 0;
      for (const { toldMs, acknowledgedMs } of kept) {
        if (toldMs < fromMs) continue;
        latencies.add(acknowledgedMs - toldMs);
        if (acknowledgedMs - toldMs <= patienceMs) inTime += 1;
      }
      kept = [];
      return { latencies, inTime };
    },
  };
}

/**
 * Waits until every payment that the gateway took is applied and the outbox has nothing that is due.
 * @param acknowledged callbacks acknowledged by the API since the start of the bench
 */
async function untilSettled(world: SurgeWorld, acknowledged: () => Promise<number>): Promise<string[]> {
  const until = performance.now() + settleDeadlineMs;
  let seen = { paid: -1, due: {} as Readonly<Record<string, number>>, told: 0 };
  while (performance.now() < until) {
    const [row] = await rowsOf<{ paid: number; due: Readonly<Record<string, number>> | null }>(
      world.stack.owner.db,
      sql`select (select count(*)::int from orders where organizer_id = ${world.organizerId} and status = 'paid') as paid,
                 (select json_object_agg(name, jobs) from (
                    select name, count(*) as jobs from outbox where available_at <= now() group by name
                  ) by_name) as due`,
    );
    seen = { paid: row?.paid ?? 0, due: row?.due ?? {}, told: await acknowledged() };
    if (seen.paid === seen.told && Object.keys(seen.due).length === 0) return [];
    await pause(lookEveryMs);
  }
  return [
    `after ${settleDeadlineMs / 1000} s ${seen.told} payments were acknowledged, ${seen.paid} orders are paid, and jobs are due: ${JSON.stringify(seen.due)}`,
  ];
}

/** The fate of the orders that were placed since then and fulfil the condition. */
export async function settledSince(db: Db, condition: SQL, since: Date): Promise<Settled> {
  const [row] = await rowsOf<Settled>(
    db,
    sql`select count(*)::int as orders, count(paid_at)::int as paid,
               coalesce(percentile_disc(0.5) within group (order by extract(epoch from paid_at - placed_at) * 1000), 0)::float8 as "p50Ms",
               coalesce(percentile_disc(0.99) within group (order by extract(epoch from paid_at - placed_at) * 1000), 0)::float8 as "p99Ms"
        from orders where ${condition} and placed_at >= ${since.toISOString()}::timestamptz`,
  );
  return row ?? { orders: 0, paid: 0, p50Ms: 0, p99Ms: 0 };
}
