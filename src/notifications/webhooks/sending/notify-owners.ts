import { and, eq } from 'drizzle-orm';
import { buyerKey } from '../../../access/index.ts';
import { organizers, staff } from '../../../access/tables.ts';
import type { Config } from '../../../config.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/database/db.ts';
import { newId } from '../../../platform/ids.ts';
import { greetingName } from '../../../platform/text/person-name.ts';
import type { Mail } from '../../channel.ts';
import { queueMemberDelivery } from '../../deliveries/queue-queries.ts';
import { sendable } from '../../metrics.ts';
import { webhookDisabledMail } from '../../templates/webhook-disabled.ts';
import { webhookEndpoints } from '../tables.ts';

type Deps = { readonly db: Db; readonly config: Pick<Config, 'HASH_SECRET'> };

/** Queues a mail to every owner of an organiser whose endpoint was disabled because it kept failing. Safe to repeat. */
export async function notifyOwners(
  deps: Deps & { readonly clock: Clock },
  { endpointId }: { readonly endpointId: string },
): Promise<string[]> {
  const queued: string[] = [];
  for (const { organizerId, email, disabledAt } of await findDisabled(deps.db, endpointId)) {
    const added = await queueMemberDelivery(deps.db, {
      template: 'webhook_disabled',
      subjectId: endpointId,
      version: Math.floor(disabledAt / 60_000),
      organizerId,
      deliveryId: newId('dlv', deps.clock.now()),
      recipientKey: buyerKey(deps.config.HASH_SECRET, 'email', email),
    });
    queued.push(...sendable(added));
  }
  return queued;
}

/** Composes the mail; undefined if the endpoint is in use again or the recipient is no longer an owner. */
export async function composeWebhookDisabled(
  deps: Deps,
  claim: { readonly subject_id: string; readonly recipient_key: string },
): Promise<
  | { readonly channel: 'email'; readonly to: { readonly name: string; readonly address: string }; readonly mail: Mail }
  | undefined
> {
  const owner = (await findDisabled(deps.db, claim.subject_id)).find(
    ({ email }) => buyerKey(deps.config.HASH_SECRET, 'email', email) === claim.recipient_key,
  );
  if (owner === undefined) return undefined;
  const name = greetingName(owner.name);
  return {
    channel: 'email',
    to: { name: name ?? '', address: owner.email },
    mail: webhookDisabledMail({ ...owner, name, host: new URL(owner.url).host }),
  };
}

/** The endpoint if we have disabled it, with one row per active owner. */
async function findDisabled(db: Db, endpointId: string) {
  const rows = await db
    .select({
      organizerId: organizers.id,
      organizerName: organizers.name,
      url: webhookEndpoints.url,
      reason: webhookEndpoints.disabledReason,
      disabledAt: webhookEndpoints.disabledAt,
      email: staff.email,
      name: staff.name,
      locale: staff.locale,
    })
    .from(webhookEndpoints)
    .innerJoin(organizers, eq(organizers.id, webhookEndpoints.organizerId))
    .innerJoin(staff, and(eq(staff.organizerId, organizers.id), eq(staff.role, 'owner'), eq(staff.status, 'active')))
    .where(and(eq(webhookEndpoints.id, endpointId), eq(webhookEndpoints.status, 'disabled')));
  return rows.flatMap(({ reason, disabledAt, ...row }) =>
    reason === null || reason === 'organizer' || disabledAt === null
      ? []
      : [{ ...row, reason, disabledAt: disabledAt.getTime() }],
  );
}
