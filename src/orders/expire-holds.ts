import type { Db } from '../platform/db.ts';
import { holdsEnded } from './metrics.ts';
import { callExpireHolds } from './order-life-queries.ts';

/** Holds ended by one statement, and statements in one run: a backlog is worked off without holding locks for long. */
const holdsPerStatement = 500;
const statementsMax = 40;

/**
 * Ends holds whose time is over by Postgres' clock. Safe to run several times at once: rows taken by another run are
 * skipped.
 * @returns how many were ended
 */
export async function expireHolds({ db }: { db: Db }): Promise<number> {
  let ended = 0;
  for (let statement = 0; statement < statementsMax; statement += 1) {
    const count = await callExpireHolds(db, holdsPerStatement);
    ended += count;
    if (count < holdsPerStatement) break;
  }
  holdsEnded.inc(ended);
  return ended;
}
