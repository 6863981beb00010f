import { and, eq, isNull, sql } from 'drizzle-orm';
import { events } from '../../catalog/tables.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { stagedIds } from '../../platform/jobs/outbox.ts';
import { tellHolders } from '../jobs.ts';
import { type EventNotice, type EventPlan, type NoticeKind, eventNotices } from './tables.ts';

export type NewNotice = {
  readonly id: string;
  readonly eventId: string;
  readonly kind: NoticeKind;
  readonly before: EventPlan;
  readonly eventVersion: number;
  readonly delaySeconds: number;
  /** However often the event changes meanwhile, its holders are told by then. */
  readonly delaySecondsMax: number;
  /** An event that has told so many notices of this kind within an hour waits until the hour is over. */
  readonly perHourMax: number;
};

/**
 * Writes a notice down, or adds the change to the one that waits; what the event was before stays what the first change
 * found. Whether it is a new one.
 */
export async function upsertNotice(tx: Db, notice: NewNotice): Promise<boolean> {
  const earliest = sql`coalesce((
    select told.started_at + interval '1 hour' from event_notices told
    where told.event_id = ${notice.eventId} and told.kind = ${notice.kind} and told.started_at is not null
    order by told.started_at desc offset ${notice.perHourMax - 1} limit 1), '-infinity')`;
  const rows = await rowsOf<{ id: string }>(
    tx,
    sql`
      insert into event_notices as n (id, event_id, kind, before, event_version, due_at)
      values (${notice.id}, ${notice.eventId}, ${notice.kind}, ${JSON.stringify(notice.before)}::jsonb, ${notice.eventVersion},
        greatest(now() + make_interval(secs => ${notice.delaySeconds}), ${earliest}))
      on conflict (event_id, kind) where started_at is null do update
        set event_version = excluded.event_version, changed_at = now(),
          due_at = greatest(${earliest}, least(excluded.due_at, n.created_at + make_interval(secs => ${notice.delaySecondsMax})))
      returning n.id`,
  );
  return rows[0]?.id === notice.id;
}

/** Ends a notice of a postponement that nobody was told of yet; gives the plan before the postponement. */
export async function withdrawPostponement(tx: Db, eventId: string): Promise<EventPlan | undefined> {
  const [row] = await tx
    .update(eventNotices)
    .set({ startedAt: sql`now()`, endedAt: sql`now()` })
    .where(and(eq(eventNotices.eventId, eventId), eq(eventNotices.kind, 'postponed'), isNull(eventNotices.startedAt)))
    .returning({ before: eventNotices.before });
  return row?.before;
}

/** A notice with its event, the notice locked: two runs of one job tell one after the other. */
export async function lockNotice(tx: Db, id: string) {
  const [row] = await tx
    .select({
      notice: eventNotices,
      event: events,
      waitSeconds: sql<number>`extract(epoch from ${eventNotices.dueAt} - now())::float8`,
      isOver: sql<boolean>`greatest((${eventNotices.before} ->> 'endsAt')::timestamptz, ${events.endsAt}) < now()`,
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

/** Up to this order its holders are told; `isEnd`: there are no more. */
export async function advanceNotice(
  tx: Db,
  { id, afterOrderId, isEnd }: { id: string; afterOrderId: string; isEnd: boolean },
): Promise<void> {
  await tx.execute(sql`
    update event_notices set after_order_id = ${afterOrderId}, started_at = coalesce(started_at, now()),
      ended_at = case when ${isEnd}::boolean then now() end
    where id = ${id}`);
}

/**
 * Orders to tell next, in the order of their ids. Of an event that moved or was postponed: who has valid tickets and ordered before the last
 * change. Of one that was called off: who had tickets or a hold when it was, except holds that somebody gave up before.
 */
export async function findHolders(tx: Db, notice: EventNotice, limit: number): Promise<string[]> {
  const isConcerned =
    notice.kind !== 'cancelled'
      ? sql`o.placed_at < ${notice.changedAt.toISOString()}::timestamptz and o.status in ('paid', 'partially_refunded') and exists (
          select from tickets t where t.event_id = o.event_id and t.order_id = o.id and t.status = 'live')`
      : sql`coalesce(o.cancelled_by, 'event') = 'event' and (
          o.status in ('pending_payment', 'closing', 'paid', 'partially_refunded')
          or o.status in ('refunded', 'cancelled') and o.closed_at >= ${notice.createdAt.toISOString()}::timestamptz)`;
  const rows = await rowsOf<{ id: string }>(
    tx,
    sql`
      select o.id from orders o
      where o.event_id = ${notice.eventId} and o.id > ${notice.afterOrderId} and ${isConcerned}
      order by o.id limit ${limit}`,
  );
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

/** Notices that are due for a while, not told to the end, and without a job: it was lost, or given up. */
export async function noticesWithoutJob(db: Db, { minutes, limit }: { minutes: number; limit: number }) {
  return rowsOf<{ noticeId: string; eventId: string }>(
    db,
    sql`
      select n.id as "noticeId", n.event_id as "eventId" from event_notices n
      where n.ended_at is null and n.due_at < now() - make_interval(mins => ${minutes})
        and n.id not in ${stagedIds([tellHolders], 'noticeId')}
      order by n.due_at limit ${limit}`,
  );
}
