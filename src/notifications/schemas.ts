import { z } from '@hono/zod-openapi';
import { plainIdSchema, timeSchema } from '../http/contract/schemas.ts';
import { channels, deliveryStatuses, senderKinds, templates } from './tables.ts';

export const resentSchema = z.object({ data: z.array(z.object({ id: plainIdSchema })) }).openapi('ResentTickets');

const templateSchema = z.enum(templates).openapi('Template');

const deliverySchema = z
  .object({
    id: plainIdSchema,
    template: templateSchema,
    channel: z.enum(channels),
    version: z.int(),
    status: z.enum(deliveryStatuses),
    failure: z.string().nullable().openapi({
      description: '`left_to_email`: no WhatsApp sender could send it, and a mail has the same content.',
    }),
    recipient: z.string().nullable().openapi({ description: 'Masked; null if the order no longer has the address.' }),
    sender: z
      .object({ kind: z.enum(senderKinds), externalId: z.string().nullable() })
      .nullable()
      .openapi({ description: "The WhatsApp sender; without a name if it is the platform's own." }),
    createdAt: timeSchema,
    acceptedAt: timeSchema.nullable(),
    deliveredAt: timeSchema.nullable(),
  })
  .openapi('Delivery');

export const deliveryListSchema = z
  .object({ data: z.array(deliverySchema), nextCursor: z.null() })
  .openapi('DeliveryList');

export const deliverySummarySchema = z
  .object({
    data: z.array(
      z.object({
        template: templateSchema,
        channel: z.enum(channels),
        queued: z.int(),
        sent: z.int().openapi({ description: 'Accepted by the provider.' }),
        delivered: z.int(),
        failed: z.int(),
        heldBack: z.int().openapi({
          description: 'Not sent: a suppressed address, a cap, or no longer true.',
        }),
      }),
    ),
    nextCursor: z.null(),
  })
  .openapi('DeliverySummary');
