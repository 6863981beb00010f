import { sql } from 'drizzle-orm';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { createGroupCommit } from '../../platform/database/group-commit.ts';
import { prepared } from '../../platform/database/prepared.ts';
import { tellChange } from '../../platform/changes.ts';
import { eventIdOf, orderIdOf } from '../../platform/ids.ts';
import { attemptGroupLimits, attemptLeaseSeconds, checkPendingSeconds, createGraceSeconds } from '../limits.ts';
import type { Line } from '../order-queries.ts';

/**
 * The batched path of first attempts. Rows of orders that were placed together are read and written together, up to a
 * hundred in one call, from any events. An order that another transaction holds is left out and takes the single path
 * (`make-attempt.ts`).
 */
export type FirstAttempts = {
  /** The order, and everything that its request to the gateway needs; undefined if there is no order. */
  find(orderId: string): Promise<StartingOrder | undefined>;
  /**
   * Writes the order's first attempt and takes it for `attemptLeaseSeconds`, so that no other worker makes it. False if
   * the order does not wait for payment, has an attempt that was taken before, or is locked by somebody else. Nothing
   * was written then.
   */
  claim(attempt: FirstAttempt): Promise<boolean>;
  /** Releases an attempt whose call to the gateway could not be made, as if it had not been claimed. */
  giveBack(claimed: ClaimedAttempt): Promise<void>;
  /**
   * The gateway has made the attempt. It can be paid from now on, and the order's pay clock starts. False if the
   * attempt changed meanwhile or somebody else has locked it. Nothing was changed then.
   */
  recordMade(made: MadeAttempt): Promise<boolean>;
};

export type StartingOrder = {
  readonly order: {
    readonly id: string;
    readonly eventId: string;
    readonly organizerId: string;
    readonly status: string;
    readonly buyerName: string;
    readonly buyerEmail: string;
    readonly buyerPhone: string;
    readonly currency: string;
    readonly discount: number;
    readonly fees: number;
    readonly total: number;
  };
  readonly lines: readonly Line[];
  readonly secondsLeft: number;
  readonly secondsLeftIfReadyNow: number;
  /** Nobody has tried to make this attempt yet. */
  readonly isUntried: boolean;
};

export type FirstAttempt = {
  readonly eventId: string;
  readonly orderId: string;
  readonly attemptId: string;
  readonly gateway: string;
};

export type ClaimedAttempt = { readonly eventId: string; readonly attemptId: string };

export type MadeAttempt = {
  readonly eventId: string;
  readonly orderId: string;
  readonly attemptId: string;
  readonly redirectUrl: string;
  readonly expiresInSeconds: number;
};

export function createFirstAttempts(db: Db): FirstAttempts {
  const reads = createGroupCommit<string, StartingOrder | undefined>({
    name: 'starting_orders',
    flush: async (_lane, ids) => {
      const found = new Map((await findStartingOrders(db, ids)).map((row) => [row.order.id, row]));
      return ids.map((id) => found.get(id));
    },
    ...attemptGroupLimits,
  });
  const claims = createGroupCommit<FirstAttempt, boolean>({
    name: 'attempt_claims',
    flush: async (_lane, items) => {
      const claimed = await claimFirstAttempts(db, items);
      return items.map(({ attemptId }) => claimed.has(attemptId));
    },
    ...attemptGroupLimits,
    keysOf: ({ orderId }) => [orderId],
  });
  const returns = createGroupCommit<ClaimedAttempt, void>({
    name: 'attempts_given_back',
    flush: async (_lane, items) => {
      await giveBackAttempts(db, items);
      return items.map(() => undefined);
    },
    ...attemptGroupLimits,
  });
  const made = createGroupCommit<MadeAttempt, boolean>({
    name: 'attempts_made',
    flush: async (_lane, items) => {
      const recorded = await recordMadeAttempts(db, items);
      for (const [eventId, ids] of Map.groupBy(recorded, eventIdOf))
        tellChange({ eventId, orders: ids.map((id) => ({ id: orderIdOf(id), payment: 'pending' })) });
      return items.map(({ attemptId }) => recorded.has(attemptId));
    },
    ...attemptGroupLimits,
    keysOf: ({ orderId }) => [orderId],
  });
  return {
    find: (orderId) => reads.submit('orders', orderId),
    claim: (attempt) => claims.submit('claims', attempt),
    giveBack: (claimed) => returns.submit('returns', claimed),
    recordMade: (attempt) => made.submit('made', attempt),
  };
}

async function findStartingOrders(db: Db, ids: readonly string[]): Promise<StartingOrder[]> {
  return rowsOf<StartingOrder>(
    db,
    sql`
      select "order", lines, seconds_left as "secondsLeft", seconds_left_if_ready_now as "secondsLeftIfReadyNow", is_untried as "isUntried"
      from read_starting_orders(${arrayText(ids.map(eventIdOf))}::text[], ${arrayText(ids)}::text[]) ${prepared}`,
  );
}

/** The ids of the attempts that were taken (`drizzle/functions/payments/claim_first_attempts.sql`). */
async function claimFirstAttempts(db: Db, items: readonly FirstAttempt[]): Promise<Set<string>> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
      select claim_first_attempts(${texts(items, 'eventId')}, ${texts(items, 'orderId')}, ${texts(items, 'attemptId')}, ${texts(items, 'gateway')},
        ${attemptLeaseSeconds}::integer, ${checkPendingSeconds}::integer) as id ${prepared}`,
  );
  return new Set(rows.map(({ id }) => id));
}

async function giveBackAttempts(db: Db, items: readonly ClaimedAttempt[]): Promise<void> {
  await db.execute(sql`
    update payment_attempts a set checks = 0, claimed_until = null, next_check_at = now() + make_interval(secs => ${createGraceSeconds}::integer)
    from unnest(${texts(items, 'eventId')}, ${texts(items, 'attemptId')}) as given(event_id, id)
    where a.event_id = given.event_id and a.id = given.id and a.status = 'creating' and a.checks = 1`);
}

/** The ids of the attempts that were still to be made (`drizzle/functions/payments/record_made_attempts.sql`). */
async function recordMadeAttempts(db: Db, items: readonly MadeAttempt[]): Promise<Set<string>> {
  const seconds = arrayText(items.map(({ expiresInSeconds }) => expiresInSeconds));
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
      select record_made_attempts(${texts(items, 'eventId')}, ${texts(items, 'orderId')}, ${texts(items, 'attemptId')}, ${texts(items, 'redirectUrl')},
        ${seconds}::integer[]) as id ${prepared}`,
  );
  return new Set(rows.map(({ id }) => id));
}

/** One field of all items as one parameter. */
function texts<Field extends string>(items: readonly Readonly<Record<Field, string>>[], field: Field) {
  return sql`${arrayText(items.map((item) => item[field]))}::text[]`;
}
