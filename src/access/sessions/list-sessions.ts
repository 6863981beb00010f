import type { Db } from '../../platform/database/db.ts';
import type { StaffActor } from '../actor.ts';
import { findLiveSessions } from './queries.ts';
import type { Session } from '../tables.ts';

/** The member's own sessions that live, newest first. */
export function listSessions(deps: { db: Db }, input: { actor: StaffActor }): Promise<Session[]> {
  return findLiveSessions(deps.db, input.actor.id);
}
