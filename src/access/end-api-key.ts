import { type Db, transaction } from '../platform/db.ts';
import type { Actor } from './actor.ts';
import type { Actors } from './actors.ts';
import { writeAudit } from './audit.ts';
import { apiKeyNotFound } from './errors.ts';
import { endApiKeyRow } from './queries-keys.ts';

/** @throws DomainError api_key.not_found when it does not exist, has ended, or is another organiser's */
export async function endApiKey(
  deps: { db: Db; actors: Actors },
  input: { actor: Actor; keyId: string },
): Promise<void> {
  const { actor, keyId } = input;
  await transaction(deps.db, async (tx) => {
    if (!(await endApiKeyRow(tx, actor.organizerId, keyId))) throw apiKeyNotFound();
    await writeAudit(tx, { actor, act: 'api_key.ended', subjectId: keyId });
  });
  deps.actors.forget(keyId);
}
