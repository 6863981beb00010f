import { type WebhookType, webhookBody } from '../catalogue.ts';
import type { DeliveryWithWebhook } from './queries.ts';

export function presentDelivery({ delivery, webhook }: DeliveryWithWebhook) {
  const { triedAt, answerStatus, failure, tookMs } = delivery;
  return {
    webhookId: webhook.id,
    type: webhook.type as WebhookType,
    subjectId: webhook.subjectId,
    eventId: webhook.eventId,
    occurredAt: webhook.occurredAt.toISOString(),
    status: delivery.status,
    tries: delivery.tries,
    nextTryAt: delivery.dueAt?.toISOString() ?? null,
    deliveredAt: delivery.deliveredAt?.toISOString() ?? null,
    lastTry: triedAt === null ? null : { at: triedAt.toISOString(), answerStatus, failure, tookMs },
  };
}

export function presentDeliveryWithBody(found: DeliveryWithWebhook) {
  return { ...presentDelivery(found), body: webhookBody(found.webhook) };
}
