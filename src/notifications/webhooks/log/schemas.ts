import { z } from '@hono/zod-openapi';
import { pageQuery } from '../../../http/contract/pagination.ts';
import { givenTimeSchema, listOf, plainIdSchema, timeSchema, organizerParams } from '../../../http/contract/schemas.ts';
import { webhookTypes } from '../catalogue.ts';
import { replayMax } from '../limits.ts';
import { webhookDeliveryStatuses } from '../tables.ts';

export const deliveryParams = organizerParams.extend({ endpointId: plainIdSchema, webhookId: plainIdSchema });
export const deliveriesQuery = z.object({ status: z.enum(webhookDeliveryStatuses).optional(), ...pageQuery });

export const sentTestSchema = z.object({ webhookId: plainIdSchema }).openapi('SentTestWebhook');

const deliveryFields = {
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
      failure: z.string().nullable().openapi({
        description:
          'Why it failed: status, redirect, timeout, no_public_address, dns_failed, connection_refused, tls, connection_failed.',
      }),
      tookMs: z.int().nullable(),
    })
    .nullable(),
};

const deliverySchema = z.object(deliveryFields).openapi('WebhookDelivery');
export const deliveryListSchema = listOf(deliverySchema).openapi('WebhookDeliveryList');
export const deliveryWithBodySchema = z
  .object({ ...deliveryFields, body: z.string().openapi({ description: 'The exact body.' }) })
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
