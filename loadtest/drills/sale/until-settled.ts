import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { ordersUnpaid } from '../../../src/orders/jobs.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { say } from '../../bench/harness/stack.ts';
import type { DrillWorld } from '../world/world.ts';

const lookEveryMs = 500;
const tellEveryLooks = 20;
/** If nothing has moved for this long and nothing is due within the drill's bound, nothing will move any more. */
const quietSeconds = 20;
/** On the slowest machine. The strict bound is the one on standing still. */
const settleMaxSeconds = 1200;

type Left = {
  readonly unpaid: number;
  readonly unsent: number;
  /** Without the look for unpaid orders, which comes a minute after each order and finds nothing. */
  readonly jobs: number;
  /** Work that the service will take up by itself within the bound. */
  readonly later: number;
};

export type Settled = {
  /** From the last fault or order. */
  readonly seconds: number;
  /** The longest time without progress of an order or message while some were left. */
  readonly stoodStillSeconds: number;
  readonly faults: readonly string[];
};

/**
 * Waits until every order of the sale is paid and its messages are accepted. The total time depends on the machine, so
 * the bound is on standing still.
 */
export async function untilSettled(
  world: DrillWorld,
  sale: TestEvent,
  { sinceMs, stallMaxSeconds }: { readonly sinceMs: number; readonly stallMaxSeconds: number },
): Promise<Settled> {
  let least: readonly number[] = [Infinity, Infinity, Infinity];
  let movedAt = performance.now();
  let longest = 0;
  for (let looks = 1; ; looks += 1) {
    const left = await leftOf(world, sale, stallMaxSeconds);
    const seconds = Math.round((Date.now() - sinceMs) / 1000);
    const stoodFor = Math.round((performance.now() - movedAt) / 1000);
    longest = Math.max(longest, stoodFor);
    const settled = { seconds, stoodStillSeconds: longest };
    if (left.unpaid + left.unsent + left.jobs === 0) return { ...settled, faults: [] };
    const now = `${left.unpaid} unpaid, ${left.unsent} not sent to, ${left.jobs} jobs`;
    // A job that is handed over repeatedly makes no progress.
    const counts = [left.unpaid, left.unsent, left.jobs];
    if (counts.some((count, kind) => count < (least[kind] ?? 0))) movedAt = performance.now();
    least = counts.map((count, kind) => Math.min(count, least[kind] ?? count));
    if (looks % tellEveryLooks === 0) say(`not settled yet: ${now}`);
    const isQuiet = left.later === 0 && stoodFor > quietSeconds;
    if (isQuiet || stoodFor > stallMaxSeconds || seconds > settleMaxSeconds)
      return { ...settled, faults: [`not settled after ${seconds} s, without a move for ${stoodFor} s: ${now}`] };
    await pause(lookEveryMs);
  }
}

async function leftOf({ owner }: DrillWorld, sale: TestEvent, stallMaxSeconds: number): Promise<Left> {
  const [left] = await rowsOf<Left>(
    owner.db,
    sql`select (select count(*)::int from orders where event_id = ${sale.id} and status <> 'paid') as unpaid,
               (select count(*)::int from orders o where o.event_id = ${sale.id} and o.status = 'paid' and 2 > (
                  select count(*) from deliveries d where d.subject_id = o.id and d.template = 'tickets' and d.accepted_at is not null)) as unsent,
               (select count(*)::int from outbox where name <> ${ordersUnpaid.name}
                  and available_at <= now() + make_interval(secs => 60)) as jobs,
               ((select count(*) from outbox) +
                (select count(*) from payment_attempts where event_id = ${sale.id} and status not in ('settled', 'captured')
                   and next_check_at <= now() + make_interval(secs => ${stallMaxSeconds})) +
                (select count(*) from deliveries where event_id = ${sale.id} and accepted_at is null
                   and next_check_at <= now() + make_interval(secs => ${stallMaxSeconds})))::int as later`,
  );
  return left ?? { unpaid: 0, unsent: 0, jobs: 0, later: 0 };
}
