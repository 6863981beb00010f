import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { events } from '../../catalog/tables.ts';
import type { Db } from '../../platform/database/db.ts';
import { type DrawRow, type RoomRow, draws, waitingRooms } from '../tables.ts';
import type { BeaconChain } from './beacon/beacon-chain.ts';
import type { VoidReason } from './order/draw-rules.ts';

/** A draw, and the time since its beacon round by Postgres' clock; negative before the round. */
export type TimedDraw = { readonly draw: DrawRow; readonly secondsPastRound: number };

const secondsPastRound = sql<string>`extract(epoch from now() - ${draws.beaconRoundAt})`.mapWith(Number);

/** The current draw: the one with the highest number. */
export async function findCurrentDraw(db: Db, eventId: string): Promise<TimedDraw | undefined> {
  const [row] = await db
    .select({ draw: draws, secondsPastRound })
    .from(draws)
    .where(eq(draws.eventId, eventId))
    .orderBy(desc(draws.number))
    .limit(1);
  return row;
}

export type RoomAtFreeze = {
  readonly phase: string;
  readonly places: number;
  readonly isDue: boolean;
};

/** Nobody can join while the lock is held, so the transaction must be short. */
export async function lockForFreeze(tx: Db, eventId: string): Promise<RoomAtFreeze | undefined> {
  const [row] = await tx
    .select({
      phase: waitingRooms.phase,
      places: waitingRooms.places,
      isDue: sql<boolean>`now() >= ${waitingRooms.freezesAt}`,
    })
    .from(waitingRooms)
    .where(eq(waitingRooms.eventId, eventId))
    .for('update');
  return row;
}

export type NewDraw = Pick<
  DrawRow,
  'eventId' | 'number' | 'seedHash' | 'seedSealed' | 'beaconRound' | 'beaconRoundAt' | 'leadSeconds'
> & {
  readonly chain: BeaconChain;
  /** Taken over from a void draw whose list is already frozen. */
  readonly list?: Pick<DrawRow, 'frozenAt' | 'places' | 'voidedPlaces' | 'merkleRoot' | 'rootedAt'> | undefined;
};

export async function insertDraw(tx: Db, { chain, list, ...draw }: NewDraw): Promise<void> {
  await tx
    .insert(draws)
    .values({
      ...draw,
      ...list,
      state: list === undefined ? 'committed' : 'frozen',
      beaconChain: chain.hash,
      committedAt: sql`now()`,
    })
    .onConflictDoNothing();
}

/**
 * The row after the change; undefined if it was already drawn or void, or if what was missing has arrived meanwhile.
 * @param seed published with it, if it could be decrypted
 */
export async function markVoid(
  tx: Db,
  { eventId, number }: DrawRow,
  reason: VoidReason,
  seed: Buffer | undefined,
): Promise<DrawRow | undefined> {
  const isMissing = { root_late: isNull(draws.merkleRoot), seed_late: isNull(draws.seed) };
  const [row] = await tx
    .update(draws)
    .set({
      state: 'void',
      voidReason: reason,
      ...(seed === undefined ? {} : { seed, revealedAt: sql`coalesce(revealed_at, now())` }),
    })
    .where(
      and(
        eq(draws.eventId, eventId),
        eq(draws.number, number),
        inArray(draws.state, ['committed', 'frozen']),
        reason === 'root_late' || reason === 'seed_late' ? isMissing[reason] : undefined,
      ),
    )
    .returning();
  return row;
}

/** Fixes the list: every later index is outside the draw. Call it under the room's lock. */
export async function markFrozen(tx: Db, eventId: string, number: number, room: RoomAtFreeze): Promise<void> {
  await tx
    .update(waitingRooms)
    .set({ phase: 'drawing', frozenPlaces: room.places, changedAt: sql`now()` })
    .where(and(eq(waitingRooms.eventId, eventId), eq(waitingRooms.phase, 'pre_queue')));
  await tx
    .update(draws)
    .set({
      state: 'frozen',
      frozenAt: sql`now()`,
      places: room.places,
      voidedPlaces: sql`array(select place_index from places
        where event_id = ${eventId} and voided_at is not null and place_index < ${room.places}::integer
        order by place_index)`,
    })
    .where(and(eq(draws.eventId, eventId), eq(draws.number, number), eq(draws.state, 'committed')));
}

const thisFrozen = ({ eventId, number }: DrawRow) =>
  and(eq(draws.eventId, eventId), eq(draws.number, number), eq(draws.state, 'frozen'));

/** Only before the beacon's round: a later root would prove nothing. */
export async function markRooted(db: Db, draw: DrawRow, merkleRoot: Uint8Array): Promise<void> {
  await db
    .update(draws)
    .set({ merkleRoot: Buffer.from(merkleRoot), rootedAt: sql`now()` })
    .where(and(thisFrozen(draw), isNull(draws.merkleRoot), sql`now() < ${draws.beaconRoundAt}`));
}

/** Only after the beacon's round and within the rules' limit. False if the seed has not become public. */
export async function markRevealed(db: Db, draw: DrawRow, seed: Buffer, withinSeconds: number): Promise<boolean> {
  const rows = await db
    .update(draws)
    .set({ seed, revealedAt: sql`coalesce(revealed_at, now())` })
    .where(
      and(
        thisFrozen(draw),
        sql`now() >= ${draws.beaconRoundAt}`,
        sql`coalesce(revealed_at, now()) <= ${draws.beaconRoundAt} + make_interval(secs => ${withinSeconds})`,
      ),
    )
    .returning({ number: draws.number });
  return rows.length > 0;
}

export type DrawResult = Pick<DrawRow, 'beaconSignature' | 'beaconRandomness' | 'drawKey'>;

export async function markDrawn(db: Db, draw: DrawRow, result: DrawResult): Promise<boolean> {
  const rows = await db
    .update(draws)
    .set({ ...result, state: 'drawn', drawnAt: sql`now()` })
    .where(thisFrozen(draw))
    .returning({ number: draws.number });
  return rows.length > 0;
}

/** Latest first. */
export async function listDrawnDraws(db: Db, limit: number): Promise<DrawRow[]> {
  return db.select().from(draws).where(eq(draws.state, 'drawn')).orderBy(desc(draws.drawnAt)).limit(limit);
}

/** The room of an event that the public may see. Indexes: events_slug_key, the primary key. */
export async function findRoomBySlug(db: Db, slug: string): Promise<RoomRow | undefined> {
  const [row] = await db
    .select({ room: waitingRooms })
    .from(waitingRooms)
    .innerJoin(events, eq(events.id, waitingRooms.eventId))
    .where(and(eq(events.slug, slug), inArray(events.status, ['published', 'cancelled'])))
    .limit(1);
  return row?.room;
}

/** All draws of a room in order, with the void ones. */
export async function listDraws(db: Db, eventId: string): Promise<DrawRow[]> {
  return db.select().from(draws).where(eq(draws.eventId, eventId)).orderBy(draws.number);
}

export type RootedList = { readonly eventId: string; readonly places: number; readonly merkleRoot: Buffer };

/** The frozen list, once its root exists. It is the same for every draw of the room. */
export async function findRootedList(db: Db, slug: string): Promise<RootedList | 'unrooted' | undefined> {
  const room = await findRoomBySlug(db, slug);
  if (room === undefined) return undefined;
  const found = await findCurrentDraw(db, room.eventId);
  const { places, merkleRoot } = found?.draw ?? { places: null, merkleRoot: null };
  return places === null || merkleRoot === null ? 'unrooted' : { eventId: room.eventId, places, merkleRoot };
}
