import type { z } from 'zod';
import { type QueueOf, availabilityBandOf } from '../../catalog/index.ts';
import { catchUpSecondsMax } from '../admission/queries.ts';
import { pollSecondsMax, pollSecondsOf } from '../places/decide-exchange.ts';
import type { StockOf } from '../ports.ts';
import { exchangePhases } from './phase.ts';
import { type PublicRoom, findPublicRoom } from './queries.ts';
import type { queueDocumentSchema } from '../schemas.ts';
import { servingAt } from '../admission/serving.ts';

type QueueDocument = z.input<typeof queueDocumentSchema>;

/**
 * The document that everyone who waits for an event reads: phase, times, how far and how fast positions are called, the
 * draw, and the remaining tickets. It is made once a second, however many readers it has, and says nothing about any
 * person.
 */
export function createQueueOf(deps: { stockOf: StockOf }): QueueOf {
  return async (db, eventId) => {
    const [found, stock] = await Promise.all([findPublicRoom(db, eventId), deps.stockOf(db, eventId)]);
    return found === undefined ? undefined : { body: presentQueue(found, availabilityBandOf(stock)) };
  };
}

function presentQueue(found: PublicRoom, stock: QueueDocument['stock']): QueueDocument {
  const { room, draw, nowMs } = found;
  const serving = servingAt({ ...room, servingAt: found.servingAtMs }, nowMs);
  const rate = rateNow(found);
  return {
    phase: room.phase,
    preQueueOpensAt: room.preQueueOpensAt.toISOString(),
    freezesAt: room.freezesAt.toISOString(),
    opensAt: room.opensAt.toISOString(),
    isLate: room.phase === 'drawing' && room.opensAt.getTime() <= nowMs,
    isPaused: room.paused || (found.isStill && exchangePhases.includes(room.phase)),
    isSaleOver: found.isSaleOver,
    places: room.places,
    serving: rounded(serving),
    servingAt: timeOf(nowMs),
    ratePerSecond: rounded(rate),
    lapsedBelow: room.lapsedBelow,
    stock,
    pollSeconds: pollSeconds(found, serving, rate),
    turnSeconds: room.turnSeconds,
    passSeconds: room.passSeconds,
    challengeDifficulty: room.challengeDifficulty,
    draw: draw === null ? null : presentDraw(draw),
    serverTime: timeOf(nowMs),
  };
}

/** Positions called per second. None are while no worker serves the room, though its row still has the last rate. */
function rateNow({ room, servingAtMs, nowMs }: PublicRoom): number {
  return nowMs - servingAtMs > catchUpSecondsMax * 1000 ? 0 : room.rate;
}

/** Bytes that are not known yet are omitted. */
function presentDraw(draw: NonNullable<PublicRoom['draw']>): NonNullable<QueueDocument['draw']> {
  return {
    number: draw.number,
    state: draw.state,
    seedHash: draw.seedHash.toString('hex'),
    beaconChain: draw.beaconChain,
    beaconRound: draw.beaconRound,
    beaconRoundAt: draw.beaconRoundAt.toISOString(),
    frozenPlaces: draw.places,
    ...hexOf('merkleRoot', draw.merkleRoot),
    ...hexOf('seed', draw.seed),
    ...hexOf('beaconRandomness', draw.beaconRandomness),
    ...hexOf('drawKey', draw.drawKey),
  };
}

/**
 * The polling hint for clients without a place: a quarter of the time to the next change. Clients with a place compute
 * it from their position in the same way. Both add a jitter of a fifth.
 */
function pollSeconds({ room, nowMs }: PublicRoom, serving: number, rate: number): number {
  if (room.phase === 'over') return pollSecondsMax;
  if (room.phase === 'open') return pollSecondsOf(room.places - serving, rate);
  if (room.phase === 'probably_sold_out') return pollSecondsMax;
  const next = { closed: room.preQueueOpensAt, pre_queue: room.freezesAt, drawing: room.opensAt }[room.phase];
  return pollSecondsOf((next.getTime() - nowMs) / 1000, 1);
}

function hexOf<Name extends string>(name: Name, bytes: Buffer | null): { [Key in Name]?: string } {
  return bytes === null ? {} : ({ [name]: bytes.toString('hex') } as { [Key in Name]: string });
}

const rounded = (value: number) => Math.round(value * 1000) / 1000;
const timeOf = (milliseconds: number) => new Date(milliseconds).toISOString();
