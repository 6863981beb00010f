import { sql } from 'drizzle-orm';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { createGroupCommit } from '../../platform/database/group-commit.ts';
import { eventIdOf } from '../../platform/ids.ts';
import { attemptBatchMax, attemptDeadlineMs, attemptFlushesMax, attemptQueueMax } from '../limits.ts';
import type { Line } from './order-queries.ts';

/**
 * The common way of first attempts: what orders that are placed together need of Postgres is read and written together, up to
 * a hundred of one event by one call. An order that somebody else holds is left out, and takes the general way of any attempt.
 */
export type FirstAttempts = {
  /** The order and what its request to the gateway takes; undefined when there is none. */
  find(orderId: string): Promise<StartingOrder | undefined>;
  /**
   * Writes the order's first attempt and takes it for `leaseSeconds`, so that no other worker makes it. False when the order
   * does not wait for payment, has an attempt that was taken before, or is held by somebody else. Nothing was written then.
   */
  claim(attempt: FirstAttempt): Promise<boolean>;
  /** The gateway could not be called after all: the attempt is as if it had not been claimed. */
  giveBack(claimed: ClaimedAttempt): Promise<void>;
  /**
   * The gateway has made the attempt. It can be paid from now on, and the order's pay clock starts. False when something else
   * happened to it meanwhile, or somebody else holds it. Nothing was changed then.
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
  /** Nobody has tried to make an attempt of it yet. */
  readonly isUntried: boolean;
};

export type FirstAttempt = {
  readonly eventId: string;
  readonly orderId: string;
  readonly attemptId: string;
  readonly gateway: string;
  readonly leaseSeconds: number;
};

export type ClaimedAttempt = { readonly eventId: string; readonly attemptId: string; readonly checkInSeconds: number };

export type MadeAttempt = {
  readonly eventId: string;
  readonly orderId: string;
  readonly attemptId: string;
  readonly redirectUrl: string;
  readonly checkInSeconds: number;
  readonly expiresInSeconds: number;
};

export function createFirstAttempts(db: Db): FirstAttempts {
  const limits = {
    batchMax: attemptBatchMax,
    queueMax: attemptQueueMax,
    deadlineMs: attemptDeadlineMs,
    flushesMax: attemptFlushesMax,
  };
  const reads = createGroupCommit<string, StartingOrder | undefined>({
    name: 'starting_orders',
    flush: async (eventId, ids) => {
      const found = new Map((await findStartingOrders(db, eventId, ids)).map((row) => [row.order.id, row]));
      return ids.map((id) => found.get(id));
    },
    ...limits,
  });
  const claims = createGroupCommit<FirstAttempt, boolean>({
    name: 'attempt_claims',
    flush: async (eventId, items) => {
      const claimed = await claimFirstAttempts(db, eventId, items);
      return items.map(({ attemptId }) => claimed.has(attemptId));
    },
    ...limits,
    keysOf: ({ orderId }) => [orderId],
  });
  const returns = createGroupCommit<ClaimedAttempt, void>({
    name: 'attempts_given_back',
    flush: async (eventId, items) => {
      await giveBackAttempts(db, eventId, items);
      return items.map(() => undefined);
    },
    ...limits,
  });
  const made = createGroupCommit<MadeAttempt, boolean>({
    name: 'attempts_made',
    flush: async (eventId, items) => {
      const recorded = await recordMadeAttempts(db, eventId, items);
      return items.map(({ attemptId }) => recorded.has(attemptId));
    },
    ...limits,
    keysOf: ({ orderId }) => [orderId],
  });
  return {
    find: (orderId) => reads.submit(eventIdOf(orderId), orderId),
    claim: (attempt) => claims.submit(attempt.eventId, attempt),
    giveBack: (claimed) => returns.submit(claimed.eventId, claimed),
    recordMade: (attempt) => made.submit(attempt.eventId, attempt),
  };
}

async function findStartingOrders(db: Db, eventId: string, ids: readonly string[]): Promise<StartingOrder[]> {
  return rowsOf<StartingOrder>(
    db,
    sql`
      select json_build_object(
          'id', o.id, 'eventId', o.event_id, 'organizerId', o.organizer_id, 'status', o.status, 'buyerName', o.buyer_name,
          'buyerEmail', o.buyer_email, 'buyerPhone', o.buyer_phone, 'currency', o.currency, 'discount', o.discount,
          'fees', o.fees, 'total', o.total) as order,
        (select json_agg(json_build_object('id', l.ticket_category_id, 'name', c.name, 'price', l.unit_price,
            'quantity', l.quantity) order by l.ticket_category_id)
          from order_lines l join ticket_categories c on c.event_id = l.event_id and c.id = l.ticket_category_id
          where l.event_id = o.event_id and l.order_id = o.id) as lines,
        extract(epoch from o.expires_at - now())::float8 as "secondsLeft",
        extract(epoch from least(o.hold_ends_max_at - now(), (o.hold_ends_max_at - o.placed_at) / 2))::float8 as "secondsLeftIfReadyNow",
        not exists (select from payment_attempts a
          where a.event_id = o.event_id and a.order_id = o.id and not (a.number = 1 and a.status = 'creating' and a.checks = 0)) as "isUntried"
      from orders o where o.event_id = ${eventId} and o.id = any(${arrayText(ids)}::text[])`,
  );
}

/** The ids of the attempts that were written. */
async function claimFirstAttempts(db: Db, eventId: string, items: readonly FirstAttempt[]): Promise<Set<string>> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
      with waiting as (
        select o.id as order_id, o.organizer_id, o.total, o.currency, i.id, i.gateway, i.lease_seconds
        from unnest(${arrayText(items.map(({ orderId }) => orderId))}::text[], ${arrayText(items.map(({ attemptId }) => attemptId))}::text[],
          ${arrayText(items.map(({ gateway }) => gateway))}::text[], ${arrayText(items.map(({ leaseSeconds }) => leaseSeconds))}::integer[])
          as i (order_id, id, gateway, lease_seconds)
        join orders o on o.event_id = ${eventId} and o.id = i.order_id
        where o.status = 'pending_payment' and o.total > 0 and o.expires_at > now()
        order by o.id for update of o skip locked)
      insert into payment_attempts as a (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status, checks,
        next_check_at)
      select ${eventId}, w.id, w.order_id, w.organizer_id, 1, w.gateway, 'any', w.total, w.currency, 'creating', 1,
        now() + make_interval(secs => w.lease_seconds)
      from waiting w
      on conflict (event_id, id) do update set checks = 1, next_check_at = excluded.next_check_at
        where a.status = 'creating' and a.checks = 0
      returning a.id`,
  );
  return new Set(rows.map(({ id }) => id));
}

async function giveBackAttempts(db: Db, eventId: string, items: readonly ClaimedAttempt[]): Promise<void> {
  await db.execute(sql`
    update payment_attempts a set checks = 0, next_check_at = now() + make_interval(secs => i.check_seconds)
    from unnest(${arrayText(items.map(({ attemptId }) => attemptId))}::text[], ${arrayText(items.map(({ checkInSeconds }) => checkInSeconds))}::integer[])
      as i (id, check_seconds)
    where a.event_id = ${eventId} and a.id = i.id and a.status = 'creating' and a.checks = 1`);
}

/** The ids of the attempts that were still to be made. */
async function recordMadeAttempts(db: Db, eventId: string, items: readonly MadeAttempt[]): Promise<Set<string>> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
      with made as (
        select a.id, a.order_id, i.redirect_url, i.check_seconds, i.expires_seconds,
          not exists (select from payment_attempts x
            where x.event_id = o.event_id and x.order_id = o.id and x.redirect_url is not null) as is_first
        from unnest(${arrayText(items.map(({ attemptId }) => attemptId))}::text[], ${arrayText(items.map(({ orderId }) => orderId))}::text[],
          ${arrayText(items.map(({ redirectUrl }) => redirectUrl))}::text[], ${arrayText(items.map(({ checkInSeconds }) => checkInSeconds))}::integer[],
          ${arrayText(items.map(({ expiresInSeconds }) => expiresInSeconds))}::integer[])
          as i (attempt_id, order_id, redirect_url, check_seconds, expires_seconds)
        join orders o on o.event_id = ${eventId} and o.id = i.order_id
        join payment_attempts a on a.event_id = ${eventId} and a.id = i.attempt_id
        -- A callback may have been faster: a picked method gets its page, and money stays money.
        where a.status in ('creating', 'unknown') or (a.status = 'pending' and a.redirect_url is null)
        order by o.id for update of o, a skip locked
      ), clock as (
        update orders o set expires_at = least(o.hold_ends_max_at, now() + (o.hold_ends_max_at - o.placed_at) / 2)
        from made m where m.is_first and o.event_id = ${eventId} and o.id = m.order_id and o.status = 'pending_payment'
      )
      update payment_attempts a set status = 'pending', redirect_url = m.redirect_url, failure = null, checks = 0,
        next_check_at = now() + make_interval(secs => m.check_seconds),
        expires_at = now() + make_interval(secs => m.expires_seconds), updated_at = now()
      from made m where a.event_id = ${eventId} and a.id = m.id
      returning a.id`,
  );
  return new Set(rows.map(({ id }) => id));
}
