import { type Db, transaction } from '../../platform/database/db.ts';
import type { StaffActor } from '../actor.ts';
import type { Actors } from '../actors.ts';
import { writeAudit } from '../audit/audit.ts';
import { sessionNotFound } from '../errors.ts';
import { endSessionRow } from './queries.ts';

/**
 * Ends one of the member's own sessions: the current one, or one on a lost phone.
 * @throws DomainError session.not_found, also for another member's session
 */
export async function endSession(
  deps: { db: Db; actors: Actors },
  input: { actor: StaffActor; sessionId: string },
): Promise<void> {
  const { actor, sessionId } = input;
  await transaction(deps.db, async (tx) => {
    if (!(await endSessionRow(tx, actor.id, sessionId))) throw sessionNotFound();
    await writeAudit(tx, { actor, act: 'session.ended', subjectId: sessionId });
  });
  deps.actors.forget(sessionId);
}
