import { sql } from 'drizzle-orm';
import { type Actor, writeAudit } from '../../../access/index.ts';
import { type Db, transaction } from '../../../platform/database/db.ts';
import { endpointNotFound } from '../../errors.ts';
import type { WebhookType } from '../catalogue.ts';
import type { EndpointDeps } from './create-endpoint.ts';
import { secretOverlapHours } from '../limits.ts';
import { findEndpoint, lockEndpoint, updateEndpoint } from '../queries.ts';
import { newWebhookSecret, sealWebhookSecret } from '../sign.ts';
import type { WebhookEndpoint } from '../tables.ts';

type EndpointOfActor = { readonly actor: Actor; readonly endpointId: string };

/** Columns that reset an endpoint's failures. */
const freshHealth = { failures: 0, failingSince: null, pausedUntil: null, disabledReason: null, disabledAt: null };

/**
 * Changes an endpoint; its secret stays. Activating it, or giving it another address, resets its failures. Values that it has already
 * change nothing. Pending webhooks are sent when
 * it is active again; facts from the time while it was disabled have no delivery, and can be replayed.
 * @throws DomainError webhook.not_found, webhook.address_refused
 */
export async function changeEndpoint(
  deps: EndpointDeps,
  {
    actor,
    endpointId,
    values,
  }: EndpointOfActor & {
    readonly values: {
      readonly url?: string | undefined;
      readonly types?: readonly WebhookType[] | undefined;
      readonly description?: string | undefined;
      readonly status?: 'active' | 'disabled' | undefined;
    };
  },
): Promise<WebhookEndpoint> {
  const known = await findEndpoint(deps.db, actor.organizerId, endpointId);
  // An unchanged address is not resolved again: a failing name server must not prevent other changes.
  const moved = values.url === known?.url ? undefined : values.url;
  const checked = moved === undefined ? undefined : await deps.webhookGuard.check(moved);
  return transaction(deps.db, async (tx) => {
    const before = await lockEndpoint(tx, actor.organizerId, endpointId);
    if (before === undefined) throw endpointNotFound();
    const url = checked === before.url ? undefined : checked;
    const status = values.status === before.status ? undefined : values.status;
    const types =
      values.types === undefined || isSame(values.types, before.types) ? undefined : [...new Set(values.types)];
    const description = values.description === before.description ? undefined : values.description;
    if ([url, types, description, status].every((value) => value === undefined)) return before;
    const isResubscribed = types !== undefined || status === 'active';
    const endpoint = await updateEndpoint(tx, endpointId, {
      ...(url === undefined ? {} : { url, failures: 0, failingSince: null, pausedUntil: null }),
      ...(types === undefined ? {} : { types }),
      ...(description === undefined ? {} : { description }),
      ...(status === 'active' ? { status, ...freshHealth } : {}),
      ...(status === 'disabled'
        ? { status, disabledReason: 'organizer' as const, disabledAt: deps.clock.now(), turnUntil: null }
        : {}),
      ...(isResubscribed ? { subscribedSince: sql`clock_timestamp()` as unknown as Date } : {}),
    });
    const changes = {
      ...(url === undefined ? {} : { host: new URL(url).host }),
      ...(types === undefined ? {} : { types }),
      ...(description === undefined ? {} : { description: 'changed' }),
      ...(status === undefined ? {} : { status }),
    };
    await writeAudit(tx, { actor, act: 'webhook.changed', subjectId: endpointId, changes });
    return endpoint;
  });
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  const types = new Set(one);
  return types.size === other.length && other.every((type) => types.has(type));
}

/**
 * Deletes an endpoint and its log. Nothing is sent to it any more.
 * @throws DomainError webhook.not_found
 */
export async function deleteEndpoint(
  { db }: { readonly db: Db },
  { actor, endpointId }: EndpointOfActor,
): Promise<void> {
  await transaction(db, async (tx) => {
    if ((await lockEndpoint(tx, actor.organizerId, endpointId)) === undefined) throw endpointNotFound();
    await updateEndpoint(tx, endpointId, { status: 'deleted', turnUntil: null });
    await writeAudit(tx, { actor, act: 'webhook.deleted', subjectId: endpointId });
  });
}

/**
 * Gives an endpoint a new secret, which is only in this answer. Until `previousUntil` the previous secret signs as
 * well, so that a receiver can change over without missing a webhook. A second rotation within that time ends the first
 * secret.
 * @throws DomainError webhook.not_found
 */
export async function rotateSecret(
  deps: Pick<EndpointDeps, 'db' | 'clock' | 'config'>,
  { actor, endpointId }: EndpointOfActor,
): Promise<{ secret: string; previousUntil: Date }> {
  const secret = newWebhookSecret();
  const previousUntil = new Date(deps.clock.now().getTime() + secretOverlapHours * 3_600_000);
  await transaction(deps.db, async (tx) => {
    const before = await lockEndpoint(tx, actor.organizerId, endpointId);
    if (before === undefined) throw endpointNotFound();
    await updateEndpoint(tx, endpointId, {
      secret: sealWebhookSecret(deps.config.ENCRYPTION_KEY, endpointId, secret),
      previousSecret: before.secret,
      previousSecretUntil: previousUntil,
    });
    await writeAudit(tx, { actor, act: 'webhook.secret_rotated', subjectId: endpointId });
  });
  return { secret, previousUntil };
}
