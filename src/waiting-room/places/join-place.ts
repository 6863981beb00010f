import { unauthenticated } from '../../access/errors.ts';
import { readBuyerToken } from '../../access/buyers/buyer-token.ts';
import { bearerOf } from '../../access/credentials/credential.ts';
import { eventNotFound } from '../../access/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { serviceUnavailable } from '../../platform/errors.ts';
import type { Challenges } from './challenge.ts';
import { placeSalt } from '../draw/index.ts';
import { challengeFailed, challengeRequired, placeKept, queueNotOpen } from '../errors.ts';
import type { JoinLane } from './join-lane.ts';
import { challengesIssued, joins } from '../metrics.ts';
import { type Phase, placelessPhases } from '../rooms/phase.ts';
import { signPlaceToken } from './place-token.ts';
import type { KnownRooms } from '../ports.ts';
import type { Challenge } from 'altcha-lib';

export type JoinPlaceDeps = {
  readonly rooms: KnownRooms;
  readonly joinLane: JoinLane;
  readonly challenges: Challenges;
  readonly clock: Clock;
  readonly queueTokenSecret: string;
};

export type JoinPlaceInput = {
  readonly slug: string;
  readonly authorization: string | undefined;
  /** The solved challenge, as the widget sends it. */
  readonly challenge: string | undefined;
  /** Index of the buyer's own place, whose turn has passed, to be exchanged for one at the end of the line. */
  readonly insteadOf?: number | undefined;
};

export type HeldPlace = {
  readonly placeToken: string;
  readonly index: number;
  readonly accountKey: string;
  /** The salt of the place's leaf in the frozen list, in hexadecimal digits: with it the buyer recognises the leaf. */
  readonly salt: string;
  readonly phase: Phase;
  readonly joinedAt: string;
};

/**
 * Gives a confirmed buyer a place in the line of an event, durable when this returns. A buyer who has a place gets the
 * same one. Refusals come from memory, before the lane: phase, token and challenge cost microseconds and no query.
 *
 * After a missed turn a buyer may rejoin at the end of the line, and once after an order that ended unpaid: the old place is
 * given up, with every pass made for it, so that no account ever holds two. Repeating the request returns the new place.
 * @throws DomainError event.not_found, access.unauthenticated, queue.not_open, queue.place_kept, challenge.required,
 * challenge.failed, service.overloaded, service.unavailable
 */
export async function joinPlace(
  deps: JoinPlaceDeps,
  input: JoinPlaceInput,
): Promise<{ place: HeldPlace; isNew: boolean }> {
  const room = knownRoom(deps.rooms, input.slug);
  const accountKey = accountOf(deps, input.authorization);
  if (placelessPhases.includes(room.phase)) {
    joins.not_open.inc();
    throw queueNotOpen(room.phase);
  }
  if (room.challengeDifficulty > 0) demandChallenge(deps.challenges, input.challenge, room.eventId, accountKey);
  const { insteadOf } = input;
  if (insteadOf !== undefined && !deps.rooms.isLapsed(room.eventId, insteadOf)) throw placeKept();
  const joined = await deps.joinLane.submit(room.eventId, { accountKey, insteadOf });
  if (joined === undefined) throw eventNotFound();
  const { phase, index, isNew, joinedAt } = joined;
  if (index === undefined) {
    joins.not_open.inc();
    throw queueNotOpen(phase);
  }
  // An order was placed with it, so the place has been used.
  if (index === insteadOf) throw phase === 'open' ? placeKept() : queueNotOpen(phase);
  joins[isNew ? (insteadOf === undefined ? 'joined' : 'rejoined') : 'known'].inc();
  const { eventId } = room;
  return {
    isNew,
    place: {
      placeToken: signPlaceToken(deps.queueTokenSecret, { eventId, placeIndex: index, accountKey }),
      index,
      accountKey,
      salt: placeSalt(deps.queueTokenSecret, eventId, index).toString('hex'),
      phase,
      joinedAt: new Date(joinedAt).toISOString(),
    },
  };
}

/** @throws DomainError event.not_found; service.unavailable before anything is known */
export function knownRoom<Room>(
  rooms: { roomOf(slug: string): Room | undefined; isReady(): boolean },
  slug: string,
): Room {
  const room = rooms.roomOf(slug);
  if (room !== undefined) return room;
  throw rooms.isReady() ? eventNotFound() : serviceUnavailable();
}

/** @throws DomainError access.unauthenticated */
function accountOf(deps: Pick<JoinPlaceDeps, 'clock' | 'queueTokenSecret'>, authorization: string | undefined): string {
  const token = bearerOf(authorization);
  const buyer = token === undefined ? undefined : readBuyerToken(deps.queueTokenSecret, token, deps.clock.now());
  if (buyer === undefined) throw unauthenticated();
  return buyer.accountKey;
}

function demandChallenge(challenges: Challenges, text: string | undefined, eventId: string, accountKey: string): void {
  if (text !== undefined && challenges.isSolved(text, { eventId, accountKey })) return;
  joins[text === undefined ? 'challenge_required' : 'challenge_failed'].inc();
  throw text === undefined ? challengeRequired() : challengeFailed();
}

/**
 * The proof of work that joining costs this buyer now; undefined if there is none. Needs only memory.
 * @throws DomainError event.not_found, access.unauthenticated, queue.not_open, service.unavailable
 */
export async function issueChallenge(
  deps: Pick<JoinPlaceDeps, 'rooms' | 'challenges' | 'clock' | 'queueTokenSecret'>,
  input: Pick<JoinPlaceInput, 'slug' | 'authorization'>,
): Promise<Challenge | undefined> {
  const room = knownRoom(deps.rooms, input.slug);
  const accountKey = accountOf(deps, input.authorization);
  if (placelessPhases.includes(room.phase)) throw queueNotOpen(room.phase);
  if (room.challengeDifficulty === 0) return undefined;
  challengesIssued.inc();
  return deps.challenges.issue({ eventId: room.eventId, accountKey, difficulty: room.challengeDifficulty });
}
