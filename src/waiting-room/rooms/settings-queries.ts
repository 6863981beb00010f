import { and, count, eq, isNotNull, sql } from 'drizzle-orm';
import { invariant } from '../../platform/assert.ts';
import type { Db } from '../../platform/database/db.ts';
import { catchUpSecondsMax, stoodSince } from '../admission/queries.ts';
import { type RoomRow, spentPasses, waitingRooms } from '../tables.ts';

export type RoomSettings = Pick<
  RoomRow,
  | 'preQueueOpensAt'
  | 'freezesAt'
  | 'opensAt'
  | 'drawLeadSeconds'
  | 'rateMax'
  | 'turnSeconds'
  | 'passSeconds'
  | 'challengeDifficulty'
>;

/** Undefined if another request has planned one meanwhile. */
export async function insertRoom(
  tx: Db,
  room: RoomSettings & Pick<RoomRow, 'eventId' | 'organizerId'>,
): Promise<RoomRow | undefined> {
  const [row] = await tx.insert(waitingRooms).values(room).onConflictDoNothing().returning();
  return row;
}

/** The caller holds the lock of `lockRoom`. */
export async function updateSettings(tx: Db, room: RoomRow, settings: Partial<RoomSettings>): Promise<RoomRow> {
  const [row] = await tx
    .update(waitingRooms)
    .set({ ...settings, changedAt: sql`now()` })
    .where(and(eq(waitingRooms.eventId, room.eventId), eq(waitingRooms.phase, room.phase)))
    .returning();
  invariant(row !== undefined, `the waiting room of ${room.eventId} changed under its lock`);
  return row;
}

/**
 * Stops calling, or continues. It first calls the positions that the rate promised for the current second, so that no
 * process was ever ahead of the row; turns stop with the room. The caller holds the lock of `lockRoom`.
 */
export async function setPaused(tx: Db, room: RoomRow, isPaused: boolean): Promise<RoomRow> {
  await tx.execute(sql`
    update serving_marks mark set at = mark.at + (${stoodSince(sql`room.serving_at`, !isPaused)})
    from waiting_rooms room where room.event_id = ${room.eventId} and mark.event_id = room.event_id`);
  const called = sql`least(${waitingRooms.places}, ${waitingRooms.serving} + ${waitingRooms.rate} *
    least(greatest(extract(epoch from now() - ${waitingRooms.servingAt})::float8, 1), ${catchUpSecondsMax}))`;
  const [row] = await tx
    .update(waitingRooms)
    .set({
      paused: isPaused,
      pausedAt: isPaused ? sql`now()` : null,
      serving: sql`greatest(${waitingRooms.serving}, coalesce(${called}, 0))`,
      servingAt: sql`case when ${waitingRooms.servingAt} is null then null else now() end`,
      rate: 0,
      changedAt: sql`now()`,
    })
    .where(and(eq(waitingRooms.eventId, room.eventId), eq(waitingRooms.paused, !isPaused)))
    .returning();
  invariant(row !== undefined, `the waiting room of ${room.eventId} changed under its lock`);
  return row;
}

/** Orders that were placed with a pass. Index: the primary key. */
export async function countSpentPasses(db: Db, eventId: string): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(spentPasses)
    .where(and(eq(spentPasses.eventId, eventId), isNotNull(spentPasses.orderId)));
  return row?.count ?? 0;
}
