import type { Config } from '../../config.ts';
import { invariant } from '../../platform/assert.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import type { Actor, ApiKeyActor } from '../actor.ts';
import { writeAudit } from '../audit/audit.ts';
import { currentActor } from '../current-actor.ts';
import { newCredential } from './credential.ts';
import type { KeyScope } from './key-scopes.ts';
import { limitReached } from '../errors.ts';
import { apiKeysPerOrganizerMax } from '../limits.ts';
import { lockOrganizer } from '../queries.ts';
import { type ApiKey, apiKeys } from '../tables.ts';
import { and, eq, isNull } from 'drizzle-orm';

/**
 * Creates a key for a program of the organiser. Only this answer contains its text.
 * @throws DomainError access.limit_reached, access.unauthenticated, access.forbidden
 */
export async function createApiKey(
  deps: { db: Db; clock: Clock; config: Pick<Config, 'ENCRYPTION_KEY'> },
  input: { actor: Actor; name: string; role: ApiKeyActor['role']; scopes: readonly KeyScope[] },
): Promise<{ apiKey: ApiKey; key: string }> {
  const { actor, name, role, scopes } = input;
  const credential = newCredential('apiKey', deps.config);
  const apiKey = await transaction(deps.db, async (tx) => {
    await lockOrganizer(tx, actor.organizerId);
    await currentActor(tx, actor, 'owner');
    if ((await countLiveApiKeys(tx, actor.organizerId)) >= apiKeysPerOrganizerMax) {
      throw limitReached(apiKeysPerOrganizerMax);
    }
    const row = await insertApiKey(tx, {
      id: newId('key', deps.clock.now()),
      organizerId: actor.organizerId,
      name,
      role,
      scopes: [...scopes],
      keyHash: credential.hash,
      createdBy: actor.id,
      responsibleId: actor.id,
    });
    await writeAudit(tx, { actor, act: 'api_key.created', subjectId: row.id, changes: { role, scopes } });
    return row;
  });
  return { apiKey, key: credential.text };
}

async function insertApiKey(tx: Db, key: typeof apiKeys.$inferInsert): Promise<ApiKey> {
  const [row] = await tx.insert(apiKeys).values(key).returning();
  invariant(row !== undefined, 'an inserted API key was not returned');
  return row;
}

function countLiveApiKeys(tx: Db, organizerId: string): Promise<number> {
  return tx.$count(apiKeys, and(eq(apiKeys.organizerId, organizerId), isNull(apiKeys.endedAt)));
}
