import { type Db, transaction } from '../../platform/database/db.ts';
import type { Actor } from '../actor.ts';
import type { Actors } from '../actors.ts';
import { writeAudit } from '../audit/audit.ts';
import { currentActor } from '../current-actor.ts';
import { apiKeyNotFound } from '../errors.ts';
import { type Keep, endMadeAccess } from '../staff/made-access.ts';
import { lockOrganizer } from '../queries.ts';
import { endApiKeyRow } from './queries.ts';

/**
 * Ends a key, and the devices and open invitations that were made with it, because a person with a leaked key may have
 * made them. The actor takes over those that `keep` names.
 * @throws DomainError api_key.not_found if it does not exist, has ended, or is another organiser's;
 * access.keep_unknown, access.unauthenticated, access.forbidden
 */
export async function endApiKey(
  deps: { db: Db; actors: Actors },
  input: { actor: Actor; keyId: string; keep?: Keep | undefined },
): Promise<void> {
  const { actor, keyId, keep = [] } = input;
  const ended = await transaction(deps.db, async (tx) => {
    await lockOrganizer(tx, actor.organizerId);
    const by = await currentActor(tx, actor, 'owner');
    if (!(await endApiKeyRow(tx, actor.organizerId, keyId))) throw apiKeyNotFound();
    await writeAudit(tx, { actor, act: 'api_key.ended', subjectId: keyId });
    return endMadeAccess(tx, { by, makerId: keyId, keep, because: 'api_key.ended' });
  });
  for (const id of [keyId, ...ended]) deps.actors.forget(id);
}
