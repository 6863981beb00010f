import type { Db } from '../platform/db.ts';
import { holdsEnded, holdsStuck } from './metrics.ts';
import { callExpireHolds } from './order-life-queries.ts';

/** Holds ended by one statement, and statements in one run: a backlog is worked off without holding locks for long. */
const holdsPerStatement = 500;
const statementsMax = 40;

/**
 * Ends holds whose time is over by Postgres' clock. Safe to run several times at once: rows taken by another run are
 * skipped. An order whose hold cannot be ended without breaking a constraint gets the attention `hold_stuck` and is left
 * to a person; ending it at the desk tries again.
 * @returns how many were ended
 */
export async function expireHolds({ db }: { db: Db }): Promise<number> {
  let ended = 0;
  for (let statement = 0; statement < statementsMax; statement += 1) {
    const round = await callExpireHolds(db, holdsPerStatement);
    ended += round.ended;
    holdsStuck.inc(round.stuck.length);
    // Events share a statement, so one that ends less than it may is not the last.
    if (round.ended === 0) break;
  }
  holdsEnded.inc(ended);
  return ended;
}
