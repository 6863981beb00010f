import { decideExchange } from './decide-exchange.ts';
import { notYourTurn, placeInvalid, queueNotOpen, turnLapsed } from '../errors.ts';
import { knownRoom } from './join-place.ts';
import * as metrics from '../metrics.ts';
import { signPass } from './pass.ts';
import { readPlaceToken } from './place-token.ts';
import type { RoomWatch } from '../rooms/room-watch.ts';

export type ExchangeDeps = {
  readonly rooms: Pick<RoomWatch, 'roomOf' | 'isReady' | 'now'>;
  readonly health: { exchanged(eventId: string, placeIndex: number): void };
  readonly queueTokenSecret: string;
};

export type HeldPass = { readonly pass: string; readonly expiresAt: string };

/** Clients that are told to ask again do so within a fifth of the given time, with jitter. */
const retryJitter = 0.2;

/**
 * Exchanges a called place for a pass, any number of times until its turn is over; all its passes are for the same
 * single order. Decided from memory, without Postgres or Redis.
 * @throws DomainError event.not_found, queue.place_invalid, queue.not_open, queue.not_your_turn, queue.turn_lapsed;
 * service.unavailable before anything is known
 */
export function exchangePlace(
  deps: ExchangeDeps,
  { slug, placeToken }: { slug: string; placeToken: string },
): HeldPass {
  const room = knownRoom(deps.rooms, slug);
  const place = readPlaceToken(deps.queueTokenSecret, placeToken);
  if (place === undefined || place.eventId !== room.eventId) return refuse('invalid', placeInvalid());
  const now = deps.rooms.now();
  const decision = decideExchange(room, place.placeIndex, now);
  switch (decision.kind) {
    case 'passed': {
      metrics.exchanged.passed.inc();
      deps.health.exchanged(room.eventId, place.placeIndex);
      const expiresAt = Math.floor(now) + room.passSeconds * 1000;
      return {
        pass: signPass(deps.queueTokenSecret, { ...place, expiresAt }),
        expiresAt: new Date(expiresAt).toISOString(),
      };
    }
    case 'not_your_turn': {
      const { position, serving, retryAfterSeconds } = decision;
      const jittered = Math.ceil(retryAfterSeconds * (1 + (Math.random() * 2 - 1) * retryJitter));
      return refuse('not_your_turn', notYourTurn({ position, serving, phase: room.phase }, jittered));
    }
    case 'lapsed':
      return refuse('lapsed', turnLapsed());
    case 'not_open':
      return refuse('not_open', queueNotOpen(room.phase));
    case 'invalid':
      return refuse('invalid', placeInvalid());
  }
}

function refuse(outcome: metrics.ExchangeOutcome, error: Error): never {
  metrics.exchanged[outcome].inc();
  throw error;
}
