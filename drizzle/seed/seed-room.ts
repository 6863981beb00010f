import { setTimeout as pause } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { buyerKey } from '../../src/access/index.ts';
import type { Config } from '../../src/config.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { type Db, transaction } from '../../src/platform/database/db.ts';
import { drawLeadOf } from '../../src/waiting-room/draw/draw-lead.ts';
import { type CommitDeps, beaconChainOf, commitDraw } from '../../src/waiting-room/draw/index.ts';
import { openPreQueue } from '../../src/waiting-room/admission/open-pre-queue.ts';
import { joinPlaces } from '../../src/waiting-room/places/queries.ts';
import { drawLeaves, draws, places, servingMarks, spentPasses, waitingRooms } from '../../src/waiting-room/tables.ts';
import { demoEventId } from './demo-id.ts';
import type { DemoEvent, DemoRoom } from './programme-types.ts';

const minuteMs = 60_000;
/** The draw is committed to before the pre-queue opens, here as everywhere. */
const opensAfterMs = 1000;
const opensWithinMs = 5000;
const passSeconds = 600;

/**
 * Gives the event a waiting room whose pre-queue opens now, with some buyers in its line. A room that is not frozen yet stays
 * as it is, with its buyers. An older room is deleted, so that each start of the stack shows a whole sale.
 */
export async function seedRoom(
  deps: { db: Db; config: Config; clock: Clock },
  organizerId: string,
  event: DemoEvent,
  room: DemoRoom,
): Promise<void> {
  const { db, config, clock } = deps;
  const eventId = demoEventId(event.slug);
  const now = clock.now();
  const committing = { beaconChain: beaconChainOf(config), encryptionKey: config.ENCRYPTION_KEY };
  const isNew = await transaction(db, async (tx) => {
    const [old] = await tx.select().from(waitingRooms).where(eq(waitingRooms.eventId, eventId)).for('update');
    if (old !== undefined && old.phase !== 'over' && old.freezesAt > now) return false;
    for (const table of [spentPasses, servingMarks, drawLeaves, draws, places, waitingRooms])
      await tx.delete(table).where(eq(table.eventId, eventId));
    const freezesAt = new Date(now.getTime() + room.freezesAfterMinutes * minuteMs);
    const opensAt = new Date(now.getTime() + room.opensAfterMinutes * minuteMs);
    const leadSeconds = drawLeadOf(freezesAt, opensAt);
    await tx.insert(waitingRooms).values({
      eventId,
      organizerId,
      preQueueOpensAt: new Date(now.getTime() + opensAfterMs),
      freezesAt,
      opensAt,
      drawLeadSeconds: leadSeconds,
      challengeDifficulty: 0,
      rateMax: room.rateMax,
      turnSeconds: room.turnSeconds,
      passSeconds,
    });
    await commitDraw(committing, tx, { eventId, freezesAt, leadSeconds });
    return true;
  });
  if (isNew && (await isOpened({ db, ...committing }, eventId)))
    await joinPlaces(
      db,
      eventId,
      Array.from({ length: room.others }, (_, n) => ({
        accountKey: buyerKey(config.HASH_SECRET, 'email', `penonton.${n + 1}@demo.test`),
      })),
    );
}

/** Waits a moment for the pre-queue to open by Postgres' clock, since nobody can join before. */
async function isOpened(deps: CommitDeps & { db: Db }, eventId: string): Promise<boolean> {
  const giveUpAt = performance.now() + opensWithinMs;
  while (performance.now() < giveUpAt) {
    if ((await openPreQueue(deps, eventId)) !== undefined) return true;
    const [row] = await deps.db
      .select({ isLater: sql<boolean>`${waitingRooms.preQueueOpensAt} > now() + interval '1 minute'` })
      .from(waitingRooms)
      .where(eq(waitingRooms.eventId, eventId));
    if (row?.isLater !== false) return false;
    await pause(100);
  }
  return false;
}
