import { z } from '@hono/zod-openapi';
import { pageQuery } from '../../../http/contract/pagination.ts';
import { givenTimeSchema, listOf, plainIdSchema, slugSchema, timeSchema } from '../../../http/contract/schemas.ts';
import { webhookTypes } from '../catalogue.ts';
import { replayMax } from '../limits.ts';
import { webhookDeliveryStatuses } from '../tables.ts';

export const deliveryParams = z.object({ slug: slugSchema, endpointId: plainIdSchema, webhookId: plainIdSchema });
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
          'Why it was no success: status, redirect, timeout, no_public_address, dns_failed, connection_refused, tls, connection_failed.',
      }),
      tookMs: z.int().nullable(),
    })
    .nullable(),
};

export const deliverySchema = z.object(deliveryFields).openapi('WebhookDelivery');
export const deliveryListSchema = listOf(deliverySchema).openapi('WebhookDeliveryList');
export const deliveryWithBodySchema = z
  .object({ ...deliveryFields, body: z.string().openapi({ description: 'The body as it is sent.' }) })
  .openapi('WebhookDeliveryWithBody');

export const replaySchema = z
  .strictObject({
    since: givenTimeSchema,
    include: z.enum(['undelivered', 'all']).default('undelivered').openapi({
      description: '`undelivered`: what failed, and what has no delivery. `all`: also what was delivered.',
    }),
  })
  .openapi('ReplayWebhooks');

export const replayedSchema = z
  .object({
    replayed: z.int().openapi({ description: `At most ${replayMax}.` }),
    until: timeSchema.nullable().openapi({ description: 'There are more after this time; replay since it next.' }),
  })
  .openapi('ReplayedWebhooks');
