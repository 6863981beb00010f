import type { Db } from '../platform/database/db.ts';
import { type Actor, type Role, atLeast, inRole } from './actor.ts';
import { forbidden, unauthenticated } from './errors.ts';
import { findApiKeyActor, findSessionActor } from './sessions/queries.ts';

/**
 * The actor as Postgres knows it now, in the caller's transaction. A process may cache an actor for half a minute after
 * its end, and access that it grants in that time would outlive it. Every act that grants access therefore calls this
 * first, under `lockOrganizer`; acts that end access take the same lock. The manager of some events is returned as a manager
 * who is limited to them.
 * @throws DomainError access.unauthenticated if the actor has ended, access.forbidden if its role no longer suffices
 */
export async function currentActor(tx: Db, actor: Actor, least: Role): Promise<Actor> {
  const found = await findCurrent(tx, actor);
  if (found === undefined) throw unauthenticated();
  const current = inRole(found, least);
  if (!atLeast(current, least)) throw forbidden();
  return current;
}

async function findCurrent(tx: Db, actor: Actor): Promise<Actor | undefined> {
  if (actor.kind === 'staff') {
    const found = await findSessionActor(tx, actor.sessionId, actor.id);
    return found && { kind: 'staff', ...found };
  }
  if (actor.kind === 'api_key') {
    const found = await findApiKeyActor(tx, { id: actor.id });
    return found && { kind: 'api_key', ...found };
  }
  return undefined;
}
