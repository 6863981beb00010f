import { z } from '@hono/zod-openapi';
import { eventIdSchema, orderIdSchema, plainIdSchema, slugSchema, timeSchema } from '../http/contract/schemas.ts';
import { channels, deliveryStatuses, senderKinds, templates } from './tables.ts';

export const deskOrderParams = z.object({ slug: slugSchema, orderId: orderIdSchema });

export const deskEventParams = z.object({ slug: slugSchema, eventId: eventIdSchema });

export const resentSchema = z.object({ data: z.array(z.object({ id: plainIdSchema })) }).openapi('ResentTickets');

const deliverySchema = z
  .object({
    id: plainIdSchema,
    template: z.enum(templates),
    channel: z.enum(channels),
    version: z.int(),
    status: z.enum(deliveryStatuses),
    failure: z.string().nullable().openapi({
      description: '`left_to_email` where no WhatsApp sender could and the mail said the same.',
    }),
    recipient: z
      .string()
      .nullable()
      .openapi({ description: 'Masked; null for an address that the order no longer has.' }),
    sender: z
      .object({ kind: z.enum(senderKinds), externalId: z.string().nullable() })
      .nullable()
      .openapi({ description: "The WhatsApp sender; without a name where it is the platform's own." }),
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
        template: z.enum(templates),
        channel: z.enum(channels),
        queued: z.int(),
        sent: z.int().openapi({ description: 'Taken by the provider.' }),
        delivered: z.int(),
        failed: z.int(),
        heldBack: z.int().openapi({ description: 'Suppressed addresses, caps, and what was no longer true.' }),
      }),
    ),
    nextCursor: z.null(),
  })
  .openapi('DeliverySummary');
