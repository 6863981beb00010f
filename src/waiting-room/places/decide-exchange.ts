import { positionOf } from '../draw/index.ts';
import type { LiveRoom } from '../rooms/live-room.ts';
import { exchangePhases, placelessPhases } from '../rooms/phase.ts';
import { servingAt } from '../admission/serving.ts';

/** The outcome of presenting a place. Positions are counted from 0; `serving` is how many have been called. */
export type ExchangeDecision =
  | { readonly kind: 'passed' }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'lapsed' }
  | { readonly kind: 'not_open' }
  | {
      readonly kind: 'not_your_turn';
      /** Null before the draw. */
      readonly position: number | null;
      readonly serving: number;
      readonly retryAfterSeconds: number;
    };

const pollSecondsMin = 2;
/** While nobody is called, clients that know the times need not ask more often than this. */
export const pollSecondsMax = 60;
/** Before the room is open nobody is called, so asking sooner is useless. */
const waitingRetrySeconds = 15;

/**
 * Whether a place may have a pass now, decided only from the process's memory of the room. Pure.
 * @param now milliseconds of Postgres' clock
 */
export function decideExchange(room: LiveRoom, placeIndex: number, now: number): ExchangeDecision {
  if (placelessPhases.includes(room.phase)) return { kind: 'not_open' };
  if (room.draw === undefined) return notYet(null, 0, waitingRetrySeconds);
  if (room.voidedPlaces.has(placeIndex)) return { kind: 'invalid' };
  const position = positionOf(room.draw, placeIndex);
  if (!exchangePhases.includes(room.phase)) return notYet(position, 0, waitingRetrySeconds);
  const serving = servingAt(room, now);
  if (position < room.lapsedBelow) return { kind: 'lapsed' };
  if (position < serving) return { kind: 'passed' };
  return notYet(position, Math.floor(serving), pollSecondsOf(position - serving, room.rate));
}

/** Whether the turn of a place is over: `lapsedBelow` only grows, so an earlier answer stays true. Pure. */
export function isLapsed(room: LiveRoom, placeIndex: number): boolean {
  if (room.draw === undefined || room.voidedPlaces.has(placeIndex)) return false;
  return positionOf(room.draw, placeIndex) < room.lapsedBelow;
}

function notYet(position: number | null, serving: number, retryAfterSeconds: number): ExchangeDecision {
  return { kind: 'not_your_turn', position, serving, retryAfterSeconds };
}

/**
 * How long a waiting client should wait before it looks again: a quarter of the remaining time, between 2 and 60
 * seconds.
 * @param ahead positions that are called before this one
 * @param rate positions called per second
 */
export function pollSecondsOf(ahead: number, rate: number): number {
  if (rate <= 0) return pollSecondsMax;
  return Math.min(Math.max(Math.ceil(ahead / rate / 4), pollSecondsMin), pollSecondsMax);
}
