import { z } from '@hono/zod-openapi';
import { orderIdSchema, plainIdSchema, slugSchema, timeSchema } from '../http/contract/schemas.ts';

const secretText = z.string().min(8).max(1000);

export const organizerParams = z.object({ slug: slugSchema });
export const senderParams = z.object({ slug: slugSchema, senderId: plainIdSchema });
export const resendParams = z.object({ slug: slugSchema, orderId: orderIdSchema });
export const callbackParams = z.object({ senderId: z.string().regex(/^(?:snd_[0-9A-Z]{20}|\d{5,20})$/) });

export const createSenderSchema = z
  .strictObject({
    kind: z.literal('whatsapp_cloud'),
    phoneNumberId: z.string().regex(/^\d{5,20}$/),
    accessToken: secretText,
    appSecret: secretText,
    verifyToken: secretText,
    messagesPerSecond: z.int().min(1).max(1000).default(60),
  })
  .openapi('CreateSender');

/** Credentials are never shown again. */
export const senderSchema = z
  .object({
    id: plainIdSchema,
    kind: z.literal('whatsapp_cloud'),
    phoneNumberId: z.string(),
    messagesPerSecond: z.int(),
    status: z.enum(['active', 'cooling', 'disabled']),
    lastFailure: z.string().nullable(),
    createdAt: timeSchema,
  })
  .openapi('Sender');

export const senderListSchema = z.object({ data: z.array(senderSchema), nextCursor: z.null() }).openapi('SenderList');

export const resentSchema = z.object({ data: z.array(z.object({ id: plainIdSchema })) }).openapi('ResentTickets');
