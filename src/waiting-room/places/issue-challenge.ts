import type { Challenge } from 'altcha-lib';
import { queueNotOpen } from '../errors.ts';
import { type JoinPlaceDeps, type JoinPlaceInput, accountOf, knownRoom } from './join-place.ts';
import { challengesIssued } from '../metrics.ts';
import { placelessPhases } from '../rooms/phase.ts';

/**
 * The work that joining costs this buyer now; undefined when it costs none. Asks nobody but memory.
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
