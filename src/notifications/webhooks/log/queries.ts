import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../../platform/database/db.ts';
import { type Webhook, type WebhookDelivery, webhookDeliveries, webhooks } from '../tables.ts';

export type DeliveryWithWebhook = { readonly delivery: WebhookDelivery; readonly webhook: Webhook };

/** Deliveries to one endpoint, the newest webhook first; one more than `limit` when there is a next page. */
export async function listDeliveries(
  db: Db,
  page: {
    readonly endpointId: string;
    readonly status: WebhookDelivery['status'] | undefined;
    readonly beforeId: string | undefined;
    readonly limit: number;
  },
): Promise<DeliveryWithWebhook[]> {
  return db
    .select({ delivery: webhookDeliveries, webhook: webhooks })
    .from(webhookDeliveries)
    .innerJoin(webhooks, eq(webhooks.id, webhookDeliveries.webhookId))
    .where(
      and(
        eq(webhookDeliveries.endpointId, page.endpointId),
        page.status === undefined ? undefined : eq(webhookDeliveries.status, page.status),
        page.beforeId === undefined ? undefined : lt(webhookDeliveries.webhookId, page.beforeId),
      ),
    )
    .orderBy(desc(webhookDeliveries.webhookId))
    .limit(page.limit + 1);
}

export async function findDelivery(
  db: Db,
  endpointId: string,
  webhookId: string,
): Promise<DeliveryWithWebhook | undefined> {
  const [row] = await db
    .select({ delivery: webhookDeliveries, webhook: webhooks })
    .from(webhookDeliveries)
    .innerJoin(webhooks, eq(webhooks.id, webhookDeliveries.webhookId))
    .where(and(eq(webhookDeliveries.endpointId, endpointId), eq(webhookDeliveries.webhookId, webhookId)));
  return row;
}

/**
 * Removes a bounded number of rows older than `days`: webhooks, their deliveries, and deleted endpoints, which go once
 * their last delivery is gone.
 * @returns the number of rows removed
 */
export async function purgeWebhookLog(db: Db, { days, limit }: { days: number; limit: number }): Promise<number> {
  const bound = sql`(select left(webhook_id(now() - make_interval(days => ${days})), 15))`;
  const removed = await rowsOf<{ count: number }>(
    db,
    sql`
      with old as (
        select d.endpoint_id, d.webhook_id from webhook_endpoints w
        cross join lateral (
          select d.endpoint_id, d.webhook_id from webhook_deliveries d
          where d.endpoint_id = w.id and (w.status = 'deleted' or d.webhook_id < ${bound}) order by d.webhook_id limit ${limit}) d
        limit ${limit}
      ), deliveries_gone as (
        delete from webhook_deliveries d using old where d.endpoint_id = old.endpoint_id and d.webhook_id = old.webhook_id returning 1
      ), webhooks_gone as (
        delete from webhooks where id in (select id from webhooks where id < ${bound} order by id limit ${limit}) returning 1
      ), endpoints_gone as (
        delete from webhook_endpoints w
        where w.status = 'deleted' and not exists (select from webhook_deliveries d where d.endpoint_id = w.id) returning 1
      )
      select ((select count(*) from deliveries_gone) + (select count(*) from webhooks_gone)
        + (select count(*) from endpoints_gone))::int as count`,
  );
  return removed[0]?.count ?? 0;
}
