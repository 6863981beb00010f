import type { z } from 'zod';
import type { Actor } from '../../access/actor.ts';
import { type Db, readNow } from '../../platform/database/db.ts';
import { findCurrentDraw } from '../draw/index.ts';
import { queueNotFound } from '../errors.ts';
import { servingAt } from '../admission/serving.ts';
import type { roomSchema } from '../schemas.ts';
import type { DrawRow, RoomRow } from '../tables.ts';
import { exchangePhases } from './phase.ts';
import { findRoom } from './queries.ts';
import { countSpentPasses } from './settings-queries.ts';

/**
 * A room as its organizer sees it: the plan and the progress.
 * @throws DomainError queue.not_found, also for another organizer's event
 */
export async function showRoom(deps: { db: Db }, actor: Actor, eventId: string) {
  const found = await findRoom(deps.db, actor.organizerId, eventId);
  if (found === undefined) throw queueNotFound();
  const [draw, orders, now] = await Promise.all([
    findCurrentDraw(deps.db, eventId),
    countSpentPasses(deps.db, eventId),
    readNow(deps.db),
  ]);
  return presentRoom(found.room, { isStill: found.isStill, draw: draw?.draw, orders, now });
}

function presentRoom(
  room: RoomRow,
  { isStill, draw, orders, now }: { isStill: boolean; draw: DrawRow | undefined; orders: number; now: Date },
): z.input<typeof roomSchema> {
  const serving = servingAt({ ...room, servingAt: room.servingAt?.getTime() }, now.getTime());
  return {
    eventId: room.eventId,
    phase: room.phase,
    preQueueOpensAt: room.preQueueOpensAt.toISOString(),
    freezesAt: room.freezesAt.toISOString(),
    opensAt: room.opensAt.toISOString(),
    drawLeadSeconds: room.drawLeadSeconds,
    rateMax: room.rateMax,
    turnSeconds: room.turnSeconds,
    passSeconds: room.passSeconds,
    challengeDifficulty: room.challengeDifficulty,
    isPaused: room.paused,
    isStill: isStill && exchangePhases.includes(room.phase),
    isLate: room.phase === 'drawing' && room.opensAt <= now,
    places: room.places,
    served: Math.floor(serving),
    waiting: Math.max(0, room.places - Math.floor(serving)),
    lapsed: room.lapsedBelow,
    exchanged: room.exchanged,
    orders,
    // Fewer come in than the rate allows while the room stands still or little stock is left.
    admissionRate: Math.min(room.admissionRate, room.rate * room.showRatio),
    ratePerSecond: room.rate,
    showRatio: room.showRatio,
    draw:
      draw === undefined
        ? null
        : { number: draw.number, state: draw.state, beaconRoundAt: draw.beaconRoundAt.toISOString() },
  };
}
