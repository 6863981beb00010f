import type { Db } from '../../platform/database/db.ts';
import { type GroupCommit, createGroupCommit } from '../../platform/database/group-commit.ts';
import { type JoinWish, type JoinedPlace, joinPlaces } from './queries.ts';

export type JoinLane = GroupCommit<JoinWish, JoinedPlace | undefined>;

/** Joins written by one call: the room's row is locked and the log flushed once for so many. */
const batchMax = 500;
/** Joins that wait for one event; at 20,000/s that is half a second. */
const queueMax = 10_000;
const deadlineMs = 2000;
/** Somebody whose join hangs is told so by then; joining again finds the place, should it have been written. */
const answerMs = 2500;

/**
 * Collects those who join, by event, and gives them their places together. Everybody who joins one event needs the same
 * row, so one flush per process at a time loses nothing; one account twice in a batch waits for the next one.
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
    keysOf: ({ accountKey }) => [accountKey],
  });
}
