import { and, count, eq, ne } from 'drizzle-orm';
import { type Actor, lockOrganizer, writeAudit } from '../../../access/index.ts';
import type { Config } from '../../../config.ts';
import { invariant } from '../../../platform/assert.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, transaction } from '../../../platform/database/db.ts';
import { newId } from '../../../platform/ids.ts';
import { endpointLimitReached } from '../../errors.ts';
import type { AddressGuard } from '../address-guard.ts';
import type { WebhookType } from '../catalogue.ts';
import { endpointsPerOrganizerMax } from '../limits.ts';
import { newWebhookSecret, sealWebhookSecret } from '../sign.ts';
import { type WebhookEndpoint, webhookEndpoints } from '../tables.ts';

export type EndpointDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Pick<Config, 'ENCRYPTION_KEY'>;
  readonly webhookGuard: Pick<AddressGuard, 'check'>;
};

/**
 * Adds an endpoint. Its secret is only in this answer.
 * @throws DomainError webhook.address_refused, webhook.limit_reached
 */
export async function createEndpoint(
  deps: EndpointDeps,
  input: {
    readonly actor: Actor;
    readonly url: string;
    readonly types: readonly WebhookType[];
    readonly description: string;
  },
): Promise<{ endpoint: WebhookEndpoint; secret: string }> {
  const { actor, types, description } = input;
  const { organizerId } = actor;
  const url = await deps.webhookGuard.check(input.url);
  const id = newId('whe', deps.clock.now());
  const secret = newWebhookSecret();
  const endpoint = await transaction(deps.db, async (tx) => {
    await lockOrganizer(tx, organizerId);
    const [counted] = await tx
      .select({ endpoints: count() })
      .from(webhookEndpoints)
      .where(and(eq(webhookEndpoints.organizerId, organizerId), ne(webhookEndpoints.status, 'deleted')));
    if ((counted?.endpoints ?? 0) >= endpointsPerOrganizerMax) throw endpointLimitReached(endpointsPerOrganizerMax);
    const sealed = sealWebhookSecret(deps.config.ENCRYPTION_KEY, id, secret);
    const [row] = await tx
      .insert(webhookEndpoints)
      .values({ id, organizerId, url, types: [...new Set(types)], description, secret: sealed })
      .returning();
    invariant(row !== undefined, 'an insert gives its row');
    await writeAudit(tx, { actor, act: 'webhook.created', subjectId: id, changes: { host: new URL(url).host, types } });
    return row;
  });
  return { endpoint, secret };
}
