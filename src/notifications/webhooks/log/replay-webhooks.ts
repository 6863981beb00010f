import { sql } from 'drizzle-orm';
import { type Actor, writeAudit } from '../../../access/index.ts';
import { invariant } from '../../../platform/assert.ts';
import { type Db, rowsOf, transaction } from '../../../platform/database/db.ts';
import { alphabet } from '../../../platform/text/base32.ts';
import {
  endpointNotActive,
  endpointNotFound,
  endpointReplayLimited,
  endpointTestLimited,
  webhookDeliveryNotFound,
} from '../../errors.ts';
import { replayMax, replaysOfAllPerHourMax, testsPerMinuteMax } from '../limits.ts';
import { lockEndpoint } from '../queries.ts';
import type { WebhookEndpoint } from '../tables.ts';

type EndpointOfActor = { readonly actor: Actor; readonly endpointId: string };
type Deps = { readonly db: Db };

/**
 * A webhook's id has the time at which the statement began to note its facts, `occurred_at` the time at which that row
 * was written. No statement takes this long.
 */
const notingSecondsMax = 60;

/** As if it had never been tried. A pending one keeps its place. */
const fresh = sql`status = 'pending', tries = 0, due_at = now(), delivered_at = null, failure = null, answer_status = null`;

/**
 * Sends one webhook of the endpoint's log again, under the same id. One that is still pending is sent at once.
 * @throws DomainError webhook.not_found, webhook.not_active, webhook_delivery.not_found
 */
export async function replayWebhook(
  { db }: Deps,
  { actor, endpointId, webhookId }: EndpointOfActor & { readonly webhookId: string },
): Promise<void> {
  await transaction(db, async (tx) => {
    await lockActive(tx, actor, endpointId);
    const rows = await rowsOf(
      tx,
      sql`update webhook_deliveries set ${fresh} where endpoint_id = ${endpointId} and webhook_id = ${webhookId} returning 1`,
    );
    if (rows.length === 0) throw webhookDeliveryNotFound();
    await writeAudit(tx, { actor, act: 'webhook.replayed', subjectId: endpointId, changes: { webhookId } });
  });
}

/**
 * Sends again what happened since a time, oldest first: facts that failed or never had a delivery (the endpoint was
 * disabled, or did not want the type yet), and with `all` also delivered ones. At most 10,000 webhooks; if there are
 * more, all others occurred at `until` of the answer or later.
 * @throws DomainError webhook.not_found, webhook.not_active, webhook.replay_limited
 */
export async function replayWebhooksSince(
  { db }: Deps,
  {
    actor,
    endpointId,
    since,
    include,
  }: EndpointOfActor & { readonly since: Date; readonly include: 'undelivered' | 'all' },
): Promise<{ replayed: number; until: Date | null }> {
  return transaction(db, async (tx) => {
    const endpoint = await lockActive(tx, actor, endpointId);
    if (include === 'all') await requireFewReplays(tx, endpointId);
    const [row] = await rowsOf<{ replayed: number; last_id: string | null }>(
      tx,
      sql`
        with chosen as (
          select m.id, m.subject_id from webhooks m
          left join webhook_deliveries d on d.endpoint_id = ${endpointId} and d.webhook_id = m.id
          where m.organizer_id = ${endpoint.organizerId} and m.type in (select unnest(w.types) from webhook_endpoints w where w.id = ${endpointId})
            and m.id >= (select left(webhook_id(${since.toISOString()}::timestamptz - make_interval(secs => ${notingSecondsMax})), 15))
            and m.occurred_at >= ${since.toISOString()}::timestamptz
            and (d.status is null or d.status = 'failed' or (${include === 'all'}::boolean and d.status = 'delivered'))
          -- A change of an order does not take over from a webhook that is locked (note_order_change).
          order by m.id limit ${replayMax} for key share of m
        ), queued as (
          insert into webhook_deliveries (endpoint_id, webhook_id, subject_id, due_at)
          select ${endpointId}, c.id, c.subject_id, now() from chosen c
          on conflict (endpoint_id, webhook_id) do update set ${fresh}
        )
        select count(*)::int as replayed, max(id) as last_id from chosen`,
    );
    const replayed = row?.replayed ?? 0;
    const changes = { since: since.toISOString(), include, replayed };
    await writeAudit(tx, { actor, act: 'webhook.replayed', subjectId: endpointId, changes });
    const lastId = row?.last_id ?? undefined;
    return { replayed, until: replayed === replayMax && lastId !== undefined ? timeIn(lastId) : null };
  });
}

/** @throws DomainError webhook.replay_limited */
async function requireFewReplays(tx: Db, endpointId: string): Promise<void> {
  const [recent] = await rowsOf<{ count: number }>(
    tx,
    sql`
      select count(*)::int as count from audit_log
      where subject_id = ${endpointId} and act = 'webhook.replayed' and changes ->> 'include' = 'all' and at > now() - interval '1 hour'`,
  );
  if ((recent?.count ?? 0) >= replaysOfAllPerHourMax) throw endpointReplayLimited(3600);
}

/** The time in a webhook's id (`webhook_id`). Facts whose ids come after it did not occur before. */
function timeIn(id: string): Date {
  let micros = 0;
  for (const character of id.slice(4, 15)) micros = micros * 32 + alphabet.indexOf(character);
  return new Date(Math.floor(micros / 1000));
}

/**
 * Sends a webhook of type `webhook.test` to the endpoint, signed and retried like any other.
 * @returns its id
 * @throws DomainError webhook.not_found, webhook.not_active, webhook.test_limited
 */
export async function sendTestWebhook({ db }: Deps, { actor, endpointId }: EndpointOfActor): Promise<string> {
  return transaction(db, async (tx) => {
    await lockActive(tx, actor, endpointId);
    const [recent] = await rowsOf<{ count: number }>(
      tx,
      sql`
        select count(*)::int as count from webhooks
        where subject_id = ${endpointId} and type = 'webhook.test' and occurred_at > now() - interval '1 minute'`,
    );
    if ((recent?.count ?? 0) >= testsPerMinuteMax) throw endpointTestLimited(60);
    const [sent] = await rowsOf<{ id: string }>(
      tx,
      sql`
        with made as (
          insert into webhooks (id, organizer_id, type, subject_id, data, occurred_at)
          values (webhook_id(clock_timestamp()), ${actor.organizerId}, 'webhook.test', ${endpointId},
            jsonb_build_object('endpointId', ${endpointId}::text), clock_timestamp())
          returning id, subject_id)
        insert into webhook_deliveries (endpoint_id, webhook_id, subject_id, due_at)
        select ${endpointId}, id, subject_id, now() from made returning webhook_id as id`,
    );
    invariant(sent !== undefined, 'an insert gives its row');
    await writeAudit(tx, { actor, act: 'webhook.tested', subjectId: endpointId, changes: { webhookId: sent.id } });
    return sent.id;
  });
}

async function lockActive(tx: Db, actor: Actor, endpointId: string): Promise<WebhookEndpoint> {
  const endpoint = await lockEndpoint(tx, actor.organizerId, endpointId);
  if (endpoint === undefined) throw endpointNotFound();
  if (endpoint.status !== 'active') throw endpointNotActive();
  return endpoint;
}
