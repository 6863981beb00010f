import { z } from '@hono/zod-openapi';
import { pageQuery } from '../../../http/contract/pagination.ts';
import { givenTimeSchema, listOf, plainIdSchema, timeSchema, organizerParams } from '../../../http/contract/schemas.ts';
import { webhookTypes } from '../catalogue.ts';
import { replayMax } from '../limits.ts';
import { callFailures, webhookDeliveryStatuses } from '../tables.ts';

export const deliveryParams = organizerParams.extend({ endpointId: plainIdSchema, webhookId: plainIdSchema });
export const deliveriesQuery = z.strictObject({ status: z.enum(webhookDeliveryStatuses).optional(), ...pageQuery });

export const sentTestSchema = z.object({ webhookId: plainIdSchema }).openapi('SentTestWebhook');

const deliverySchema = z
  .object({
    webhookId: plainIdSchema,
    type: z.enum(webhookTypes),
    subjectId: z.string(),
    eventId: z.string().nullable(),
    occurredAt: timeSchema,
    status: z.enum(webhookDeliveryStatuses),
    tries: z.int(),
    nextTryAt: timeSchema.nullable(),
    deliveredAt: timeSchema.nullable(),
    lastTry: z
      .object({
        at: timeSchema,
        answerStatus: z.int().nullable(),
        failure: z
          .enum(callFailures)
          .nullable()
          .openapi({ description: 'Why it failed. `status`: no 2xx; see `answerStatus`.' }),
        tookMs: z.int().nullable(),
      })
      .nullable(),
  })
  .openapi('WebhookDelivery');
export const deliveryListSchema = listOf(deliverySchema).openapi('WebhookDeliveryList');
export const deliveryWithBodySchema = deliverySchema
  .extend({ body: z.string().openapi({ description: 'The exact body.' }) })
  .openapi('WebhookDeliveryWithBody');

export const replaySchema = z
  .strictObject({
    since: givenTimeSchema,
    include: z.enum(['undelivered', 'all']).default('undelivered').openapi({
      description: '`undelivered`: failed webhooks, and those without a delivery. `all`: also delivered ones.',
    }),
  })
  .openapi('ReplayWebhooks');

export const replayedSchema = z
  .object({
    replayed: z.int().openapi({ description: `At most ${replayMax}.` }),
    until: timeSchema
      .nullable()
      .openapi({ description: 'There are more after this time; use it as the next `since`.' }),
  })
  .openapi('ReplayedWebhooks');
