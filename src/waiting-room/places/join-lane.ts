import type { Db } from '../../platform/database/db.ts';
import { type GroupCommit, createGroupCommit } from '../../platform/database/group-commit.ts';
import { type JoinWish, type JoinedPlace, joinPlaces } from './queries.ts';

export type JoinLane = GroupCommit<JoinWish, JoinedPlace | undefined>;

/** Joins written by one call: they share one lock of the room's row and one flush of the log. */
const batchMax = 500;
/** Joins that wait for one event; at 20,000/s that is half a second. */
const queueMax = 10_000;
/** How long a busy room collects joins, and how many end it sooner. */
const everyMs = 20;
const enough = 50;
const deadlineMs = 2000;
/** Clients whose join hangs get 503 after this long. Joining again finds the place if it was written. */
const answerMs = 2500;

/**
 * Collects joins by event and writes them together. All joins of one event need the same row, so one flush per process
 * at a time loses nothing. An account that appears twice in a batch waits for the next one.
 * @param deps.flushesMax events written at the same time; at most the connections of the pool
 */
export function createJoinLane(deps: { db: Db; flushesMax: number }): JoinLane {
  return createGroupCommit<JoinWish, JoinedPlace | undefined>({
    name: 'waiting_room_joins',
    flush: (eventId, wishes) => joinPlaces(deps.db, eventId, wishes),
    batchMax,
    queueMax,
    deadlineMs,
    answerMs,
    flushesMax: deps.flushesMax,
    everyMs,
    enough,
    keysOf: ({ accountKey }) => [accountKey],
  });
}
