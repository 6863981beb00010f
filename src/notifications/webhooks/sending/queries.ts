import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../../platform/database/db.ts';
import type { CallResult } from './call-endpoint.ts';
import { tryLeaseSeconds, turnLeaseSeconds, turnsPerRoundMax } from '../limits.ts';
import { type DisabledReason, type WebhookEndpoint, webhookEndpoints } from '../tables.ts';

/** The worker's queries for sending. An endpoint has one turn at a time, so it uses one slot over all workers. */

/** Starts a turn for each endpoint that has due deliveries, is not paused and has no turn. The longest due come first. */
export async function takeTurns(tx: Db): Promise<{ endpointId: string; turn: number }[]> {
  return rowsOf(
    tx,
    sql`
      with free as (
        select w.id from webhook_endpoints w
        cross join lateral (
          select d.due_at from webhook_deliveries d
          where d.endpoint_id = w.id and d.status = 'pending' and d.due_at <= now() order by d.due_at limit 1) first
        where w.status = 'active' and coalesce(w.turn_until, '-infinity') <= now() and coalesce(w.paused_until, '-infinity') <= now()
        order by first.due_at limit ${turnsPerRoundMax} for update of w skip locked
      )
      update webhook_endpoints w set turn = w.turn + 1, turn_until = now() + make_interval(secs => ${turnLeaseSeconds})
      from free where w.id = free.id
      returning w.id as "endpointId", w.turn`,
  );
}

/** The endpoint of a turn; undefined if the turn is over or the endpoint is no longer active. */
export async function findTurn(
  db: Db,
  { endpointId, turn }: { endpointId: string; turn: number },
): Promise<WebhookEndpoint | undefined> {
  const [row] = await db
    .select()
    .from(webhookEndpoints)
    .where(
      and(
        eq(webhookEndpoints.id, endpointId),
        eq(webhookEndpoints.turn, turn),
        isNotNull(webhookEndpoints.turnUntil),
        eq(webhookEndpoints.status, 'active'),
      ),
    );
  return row;
}

export type ClaimedWebhook = {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly data: unknown;
  readonly tries: number;
};

/**
 * Claims due deliveries, the longest due first. Only the oldest pending delivery of each subject is claimed; the next one follows once it
 * is delivered or given up. A claim without a result expires, and the delivery becomes due again.
 */
export async function claimDue(db: Db, endpointId: string, limit: number): Promise<ClaimedWebhook[]> {
  const rows = await rowsOf<Omit<ClaimedWebhook, 'occurredAt'> & { occurred_ms: number }>(
    db,
    sql`
      with due as (
        select d.webhook_id from webhook_deliveries d
        where d.endpoint_id = ${endpointId} and d.status = 'pending' and d.due_at <= now()
          and not exists (
            select from webhook_deliveries o
            where o.endpoint_id = d.endpoint_id and o.subject_id = d.subject_id and o.status = 'pending'
              and o.webhook_id < d.webhook_id)
        order by d.due_at limit ${limit} for update skip locked
      )
      update webhook_deliveries d
      set tries = d.tries + 1, tried_at = clock_timestamp(), due_at = clock_timestamp() + make_interval(secs => ${tryLeaseSeconds})
      from due join webhooks m on m.id = due.webhook_id
      where d.endpoint_id = ${endpointId} and d.webhook_id = due.webhook_id
      returning m.id, m.type, m.data, d.tries, floor(extract(epoch from m.occurred_at) * 1000)::float8 as occurred_ms`,
  );
  return rows.map(({ occurred_ms: ms, ...row }) => ({ ...row, occurredAt: new Date(ms) }));
}

export type TryOutcome = CallResult & {
  readonly webhookId: string;
  /** Seconds until the next try; undefined if delivered or given up. */
  readonly nextSeconds: number | undefined;
};

/** Records the results of tries. A delivery that was replayed meanwhile keeps its new state. */
export async function recordTries(tx: Db, endpointId: string, outcomes: readonly TryOutcome[]): Promise<void> {
  const rows = sql.join(
    outcomes.map(
      ({ webhookId, status, failure, tookMs, nextSeconds }) =>
        sql`(${webhookId}::text, ${status ?? null}::smallint, ${failure ?? null}::text, ${tookMs}::integer, ${nextSeconds ?? null}::float8)`,
    ),
    sql`, `,
  );
  await tx.execute(sql`
    update webhook_deliveries d set
      status = case when o.failure is null then 'delivered' when o.next_seconds is null then 'failed' else 'pending' end,
      delivered_at = case when o.failure is null then clock_timestamp() end,
      due_at = case when o.failure is not null then clock_timestamp() + make_interval(secs => o.next_seconds) end,
      answer_status = o.answer_status, failure = o.failure, took_ms = o.took_ms
    from (values ${rows}) as o (webhook_id, answer_status, failure, took_ms, next_seconds)
    where d.endpoint_id = ${endpointId} and d.webhook_id = o.webhook_id and d.status = 'pending' and d.tries > 0`);
}

/**
 * Updates an endpoint's state after a round of calls to its address, and returns it locked; undefined if it was deleted or disabled
 * meanwhile, or moved to another address, about which these calls say nothing.
 */
export async function recordHealth(
  tx: Db,
  { id, url }: Pick<WebhookEndpoint, 'id' | 'url'>,
  health: { readonly failures: number; readonly hasDelivered: boolean; readonly pauseSeconds: number },
): Promise<{ organizerId: string; failingHours: number } | undefined> {
  const [row] = await rowsOf<{ organizerId: string; failingHours: number }>(
    tx,
    sql`
      update webhook_endpoints set
        failures = ${health.failures}::integer,
        failing_since = case when ${health.hasDelivered}::boolean then null else coalesce(failing_since, now()) end,
        paused_until = case when ${health.pauseSeconds}::float8 > 0 then now() + make_interval(secs => ${health.pauseSeconds}::float8) end
      where id = ${id} and status = 'active' and url = ${url}
      returning organizer_id as "organizerId",
        coalesce(extract(epoch from now() - failing_since), 0)::float8 / 3600 as "failingHours"`,
  );
  return row;
}

export async function disableEndpoint(tx: Db, endpointId: string, reason: DisabledReason): Promise<void> {
  await tx.execute(sql`
    update webhook_endpoints set status = 'disabled', disabled_reason = ${reason}, disabled_at = now(), turn_until = null
    where id = ${endpointId} and status = 'active'`);
}

export async function endTurn(db: Db, { endpointId, turn }: { endpointId: string; turn: number }): Promise<void> {
  await db.execute(sql`update webhook_endpoints set turn_until = null where id = ${endpointId} and turn = ${turn}`);
}
