import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from '../../platform/database/db.ts';
import { holdsEnded, holdsStuck } from '../metrics.ts';
import { callExpireHolds } from './queries.ts';

/** Holds ended by one statement: while it runs, the events' stock is kept from buyers for some milliseconds. */
const holdsPerStatement = 200;
/** How long one sweep goes on while there is more to do; the next begins soon after. */
const sweepMs = 1500;
/**
 * How long it rests after a statement, by what that took. A backlog of a million is worked off by a part of one connection,
 * and by a smaller part the busier the database is, since statements take longer then.
 */
const restRatio = 3;

/**
 * Ends holds whose time is over by Postgres' clock. Safe to run several times at once: rows taken by another run are
 * skipped. An order whose hold cannot be ended without breaking a constraint gets the attention `hold_stuck` and is left
 * to a person; ending it at the desk tries again.
 * @returns how many were ended
 */
export async function expireHolds({ db }: { db: Db }): Promise<number> {
  const started = performance.now();
  let ended = 0;
  for (;;) {
    const began = performance.now();
    const round = await callExpireHolds(db, holdsPerStatement);
    ended += round.ended;
    holdsEnded.inc(round.ended);
    holdsStuck.inc(round.stuck.length);
    const took = performance.now() - began;
    // Events share a statement, so one that ends less than it may is not the last.
    if (round.ended === 0 || performance.now() - started + restRatio * took > sweepMs) return ended;
    if (ended >= holdsPerStatement) await pause(restRatio * took);
  }
}
