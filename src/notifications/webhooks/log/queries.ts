import { and, desc, eq, lt } from 'drizzle-orm';
import type { Db } from '../../../platform/database/db.ts';
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
