import type { z } from 'zod';
import type { DrawRow } from './draw/index.ts';
import type { RoomRow } from './rooms/queries.ts';
import type { roomSchema } from './schemas.ts';
import { servingAt } from './admission/serving.ts';
import { exchangePhases } from './rooms/phase.ts';

export function presentRoom(
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
