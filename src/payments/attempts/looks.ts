import { and, eq, getTableColumns, sql } from 'drizzle-orm';
import { orders } from '../../orders/tables.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import type { Db } from '../../platform/database/db.ts';
import { createGroupCommit } from '../../platform/database/group-commit.ts';
import { eventIdOf } from '../../platform/ids.ts';
import { attemptGroupLimits } from '../limits.ts';
import { type Attempt, paymentAttempts } from '../tables.ts';

/**
 * The batched path of looks at the gateway. Each unpaid order causes one, so a rush causes many at once. Attempts that are due together
 * are read in one statement, and their next looks are planned in one.
 */
export type Looks = {
  /** The attempt with the status of its order; undefined if there is no attempt. */
  find(attemptId: string): Promise<LookedAt | undefined>;
  /** Plans the next look at an attempt of which nothing else has changed. One that was changed since it was read has a new plan. */
  plan(seen: Attempt, next: NextLook): Promise<void>;
};

export type LookedAt = { readonly attempt: Attempt; readonly orderStatus: string | null };

/** @property checkInSeconds null: no more looks */
export type NextLook = { readonly checks: number; readonly checkInSeconds: number | null };

export function createLooks(db: Db): Looks {
  const reads = createGroupCommit<string, LookedAt | undefined>({
    name: 'looked_at_attempts',
    flush: async (_lane, ids) => {
      const found = new Map((await findLookedAt(db, ids)).map((row) => [row.attempt.id, row]));
      return ids.map((id) => found.get(id));
    },
    ...attemptGroupLimits,
  });
  const plans = createGroupCommit<Plan, void>({
    name: 'planned_looks',
    flush: async (_lane, items) => {
      await planLooks(db, items);
      return items.map(() => undefined);
    },
    ...attemptGroupLimits,
    keysOf: ({ seen }) => [seen.id],
  });
  return {
    find: (attemptId) => reads.submit('reads', attemptId),
    plan: (seen, next) => plans.submit('plans', { seen, next }),
  };
}

type Plan = { readonly seen: Attempt; readonly next: NextLook };

async function findLookedAt(db: Db, ids: readonly string[]): Promise<LookedAt[]> {
  const { eventId, id, orderId } = paymentAttempts;
  return db
    .select({ attempt: getTableColumns(paymentAttempts), orderStatus: orders.status })
    .from(sql`unnest(${arrayText(ids.map(eventIdOf))}::text[], ${arrayText(ids)}::text[]) as due(event_id, id)`)
    .innerJoin(paymentAttempts, and(eq(eventId, sql`due.event_id`), eq(id, sql`due.id`)))
    .leftJoin(orders, and(eq(orders.eventId, eventId), eq(orders.id, orderId)));
}

async function planLooks(db: Db, items: readonly Plan[]): Promise<void> {
  const of = (value: (item: Plan) => string | number | null) => arrayText(items.map(value));
  await db.execute(sql`
    update payment_attempts a
    set checks = planned.checks, next_check_at = now() + make_interval(secs => planned.seconds), updated_at = now()
    from unnest(
        ${of(({ seen }) => seen.eventId)}::text[], ${of(({ seen }) => seen.id)}::text[], ${of(({ seen }) => seen.status)}::text[],
        ${of(({ seen }) => seen.checks)}::integer[], ${of(({ seen }) => seen.nextCheckAt?.toISOString() ?? null)}::timestamptz[],
        ${of(({ next }) => next.checks)}::integer[], ${of(({ next }) => next.checkInSeconds)}::integer[])
      as planned(event_id, id, seen_status, seen_checks, seen_next, checks, seconds)
    where a.event_id = planned.event_id and a.id = planned.id and a.status = planned.seen_status and a.checks = planned.seen_checks
      -- Without the coalesce, Postgres may read all attempts of the event in the index on next_check_at.
      and coalesce(date_trunc('milliseconds', a.next_check_at), '-infinity') = planned.seen_next`);
}
