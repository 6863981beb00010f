import { and, eq, isNull, sql } from 'drizzle-orm';
import { events } from '../../catalog/tables.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { inAnyOrder, inIndexOrder } from '../../platform/database/in-index-order.ts';
import { idsWithJob } from '../../platform/jobs/staged-jobs.ts';
import { tellHolders } from '../jobs.ts';
import { type EventNotice, type EventPlan, type NoticeKind, eventNotices } from './tables.ts';

export type NewNotice = {
  readonly id: string;
  readonly eventId: string;
  readonly kind: NoticeKind;
  readonly before: EventPlan;
  readonly eventVersion: number;
  readonly delaySeconds: number;
  /** Holders are told at the latest after this time, however often the event changes meanwhile. */
  readonly delaySecondsMax: number;
  /** It waits for the organiser's confirmation. */
  readonly isHeld: boolean;
};

/** Notices of one kind that an event sends within an hour. Paying buyers have no cap, so the organizer has one here. */
const noticesPerHourMax = 3;

/** The earliest time of the event's next notice of this kind. */
const earliestOf = ({ eventId, kind }: Pick<NewNotice, 'eventId' | 'kind'>) => sql`coalesce((
    select told.started_at + interval '1 hour' from event_notices told
    where told.event_id = ${eventId} and told.kind = ${kind} and told.started_at is not null
    order by told.started_at desc offset ${noticesPerHourMax - 1} limit 1), '-infinity')`;

/**
 * Writes a notice, or adds the change to the waiting one, which keeps the event's original plan. Returns whether it is
 * a new one.
 */
export async function upsertNotice(tx: Db, notice: NewNotice): Promise<boolean> {
  const earliest = earliestOf(notice);
  const rows = await rowsOf<{ id: string }>(
    tx,
    sql`
      insert into event_notices as n (id, event_id, kind, before, event_version, due_at, is_held)
      values (${notice.id}, ${notice.eventId}, ${notice.kind}, ${JSON.stringify(notice.before)}::jsonb, ${notice.eventVersion},
        greatest(now() + make_interval(secs => ${notice.delaySeconds}), ${earliest}), ${notice.isHeld})
      on conflict (event_id, kind) where started_at is null and ended_at is null do update
        set event_version = excluded.event_version, changed_at = now(), is_held = excluded.is_held, confirmed_at = null,
          due_at = greatest(${earliest}, least(excluded.due_at, n.created_at + make_interval(secs => ${notice.delaySecondsMax})))
      returning n.id`,
  );
  return rows[0]?.id === notice.id;
}

/** Lets a confirmed notice be told as soon as the event may send another one. */
export async function releaseNotice(tx: Db, notice: EventNotice): Promise<EventNotice | undefined> {
  const [row] = await tx
    .update(eventNotices)
    .set({ isHeld: false, confirmedAt: sql`now()`, dueAt: sql`greatest(now(), ${earliestOf(notice)})` })
    .where(and(eq(eventNotices.id, notice.id), isNull(eventNotices.startedAt), isNull(eventNotices.endedAt)))
    .returning();
  return row;
}

/** Whether the organiser confirms the notices of this event before they are told. */
export async function areNoticesConfirmed(tx: Db, eventId: string): Promise<boolean> {
  const rows = await rowsOf<{ id: string }>(
    tx,
    sql`select event_id as id from message_settings where event_id = ${eventId} and change_notices = 'confirmed'`,
  );
  return rows.length > 0;
}

/** Ends an untold notice of a postponement. Returns the plan before the postponement. */
export async function withdrawPostponement(tx: Db, eventId: string): Promise<EventPlan | undefined> {
  const [row] = await tx
    .update(eventNotices)
    .set({ startedAt: sql`now()`, endedAt: sql`now()` })
    .where(and(eq(eventNotices.eventId, eventId), eq(eventNotices.kind, 'postponed'), isNull(eventNotices.startedAt)))
    .returning({ before: eventNotices.before });
  return row?.before;
}

/** Ends an untold notice of a move. Returns the plan that holders know. */
export async function withdrawMove(tx: Db, eventId: string): Promise<EventPlan | undefined> {
  const [row] = await tx
    .update(eventNotices)
    .set({ startedAt: sql`now()`, endedAt: sql`now()` })
    .where(
      and(
        eq(eventNotices.eventId, eventId),
        eq(eventNotices.kind, 'moved'),
        isNull(eventNotices.startedAt),
        isNull(eventNotices.endedAt),
      ),
    )
    .returning({ before: eventNotices.before });
  return row?.before;
}

/** A notice with its event, the notice locked, so that two runs of one job tell one after the other. */
export async function lockNotice(tx: Db, id: string) {
  const [row] = await tx
    .select({
      notice: eventNotices,
      event: events,
      waitSeconds: sql<number>`extract(epoch from ${eventNotices.dueAt} - now())::float8`,
      isOver: sql<boolean>`${events.postponedAt} is null
        and greatest((${eventNotices.before} ->> 'endsAt')::timestamptz, ${events.endsAt}) < now()`,
    })
    .from(eventNotices)
    .innerJoin(events, eq(events.id, eventNotices.eventId))
    .where(eq(eventNotices.id, id))
    .for('update', { of: eventNotices });
  return row;
}

export async function startNotice(tx: Db, id: string, eventVersion: number): Promise<void> {
  await tx.execute(sql`update event_notices set started_at = now(), event_version = ${eventVersion} where id = ${id}`);
}

/** Holders are told up to this order; `isEnd`: there are no more. */
export async function advanceNotice(
  tx: Db,
  { id, afterOrderId, isEnd }: { id: string; afterOrderId: string; isEnd: boolean },
): Promise<void> {
  await tx.execute(sql`
    update event_notices set after_order_id = ${afterOrderId}, started_at = coalesce(started_at, now()),
      ended_at = case when ${isEnd}::boolean then now() end
    where id = ${id}`);
}

type ConcernedNotice = Pick<EventNotice, 'eventId' | 'kind' | 'createdAt' | 'changedAt'>;

/**
 * The orders `o` that a notice is sent to. If the event moved or was postponed: orders with valid tickets that were placed before the
 * last change. If it was called off: orders that had tickets or a hold at that time, except holds that were given up before.
 */
const isConcerned = (notice: ConcernedNotice) =>
  sql`o.event_id = ${notice.eventId} and ${
    notice.kind !== 'cancelled'
      ? sql`o.placed_at < ${notice.changedAt.toISOString()}::timestamptz and o.status in ('paid', 'partially_refunded') and exists (
        select from tickets t where t.event_id = o.event_id and t.order_id = o.id and t.status = 'live')`
      : sql`coalesce(o.cancelled_by, 'event') = 'event' and (
        o.status in ('pending_payment', 'closing', 'paid', 'partially_refunded')
        or o.status in ('refunded', 'cancelled') and o.closed_at >= ${notice.createdAt.toISOString()}::timestamptz)`
  }`;

/**
 * Whether a ticket `t` of the order `o`, transferred by `h`, entitles its holder to a notice. The ticket is valid, or
 * was revoked since the notice, and was given on before the last change: a later holder was sent the event as it is
 * now. A buyer who got a ticket back is told as the buyer.
 */
const isGiven = (notice: Pick<EventNotice, 'createdAt' | 'changedAt'>) => sql`
  h.number = t.times_transferred and h.holder_key <> o.buyer_keys[1]
  and (t.status = 'live' or t.revoked_at >= ${notice.createdAt.toISOString()}::timestamptz)
  and h.transferred_at < ${notice.changedAt.toISOString()}::timestamptz`;

/** The holders of tickets that were given on, of orders that are told: one ticket per order and holder. */
export async function findNewHolders(tx: Db, notice: EventNotice, orderIds: readonly string[]) {
  return rowsOf<{ ticketId: string; holderKey: string }>(
    tx,
    sql`
      select distinct on (t.order_id, h.holder_key) t.id as "ticketId", h.holder_key as "holderKey"
      from unnest(${arrayText(orderIds)}::text[]) as told (id)
      join orders o on o.event_id = ${notice.eventId} and o.id = told.id
      join tickets t on t.event_id = o.event_id and t.order_id = o.id and t.times_transferred > 0
      join ticket_transfers h on h.event_id = t.event_id and h.ticket_id = t.id
      where ${isGiven(notice)}
      order by t.order_id, h.holder_key, t.id`,
  );
}

/**
 * The number of messages of a notice: to each order by mail and by WhatsApp, and by mail to people who were given its
 * tickets. `fingerprint` changes when one is added or leaves.
 */
export async function countHolders(
  db: Db,
  notice: ConcernedNotice,
): Promise<{ readonly email: number; readonly whatsapp: number; readonly fingerprint: string }> {
  const [row] = await rowsOf<{ email: number; whatsapp: number; fingerprint: string }>(
    db,
    sql`
      with given as (
        select count(*) as people, coalesce(sum(hashtextextended(g.order_id || g.holder_key, 0)), 0) as sum
        from (
          select distinct t.order_id, h.holder_key
          from ticket_transfers h
          join tickets t on t.event_id = h.event_id and t.id = h.ticket_id
          join orders o on o.event_id = t.event_id and o.id = t.order_id
          where h.event_id = ${notice.eventId} and ${isGiven(notice)} and ${isConcerned(notice)}) g)
      select (count(*) + (select people from given))::int as email,
        count(*) filter (where o.buyer_phone <> '' and (
          o.total > 0 and o.paid_at is not null or coalesce(o.confirmed_key = o.buyer_keys[2], false)) and exists (
            select from senders s where s.status <> 'disabled' and (s.organizer_id = o.organizer_id or s.organizer_id is null))
        )::int as whatsapp,
        (coalesce(sum(hashtextextended(o.id, 0)), 0) + (select sum from given))::text as fingerprint
      from orders o where ${isConcerned(notice)}`,
  );
  return row ?? { email: 0, whatsapp: 0, fingerprint: '' };
}

/** The next orders to tell, in the order of their ids. */
export async function findHolders(tx: Db, notice: EventNotice, limit: number): Promise<string[]> {
  await tx.execute(inIndexOrder);
  const rows = await rowsOf<{ id: string }>(
    tx,
    sql`
      select o.id from orders o
      where ${isConcerned(notice)} and o.id > ${notice.afterOrderId}
      order by o.id limit ${limit}`,
  );
  await tx.execute(inAnyOrder);
  return rows.map((row) => row.id);
}

/** When and where the event was, according to the notice with this version. */
export async function findPlanBefore(db: Db, eventId: string, version: number): Promise<EventPlan | undefined> {
  const [row] = await db
    .select({ before: eventNotices.before })
    .from(eventNotices)
    .where(
      and(eq(eventNotices.eventId, eventId), eq(eventNotices.kind, 'moved'), eq(eventNotices.eventVersion, version)),
    );
  return row?.before;
}

/** Notices that have been due for a while, are not completely told, and have no job: it was lost or given up. */
export async function noticesWithoutJob(db: Db, { minutes, limit }: { minutes: number; limit: number }) {
  return rowsOf<{ noticeId: string; eventId: string }>(
    db,
    sql`
      select n.id as "noticeId", n.event_id as "eventId" from event_notices n
      where n.ended_at is null and not n.is_held and n.due_at < now() - make_interval(mins => ${minutes})
        and n.id not in ${idsWithJob([tellHolders], 'noticeId')}
      order by n.due_at limit ${limit}`,
  );
}
