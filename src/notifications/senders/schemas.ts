import { z } from '@hono/zod-openapi';
import { plainIdSchema, timeSchema, organizerParams } from '../../http/contract/schemas.ts';
import { senderForms } from '../channels/whatsapp/registry.ts';
import { senderKinds } from '../tables.ts';

export const senderParams = organizerParams.extend({ senderId: plainIdSchema });

const weight = z.int().min(1).max(1000);
const messagesPerSecond = z.number().min(0.01).max(1000);
const cap = z.int().min(1).max(1_000_000);

/** What every kind of sender may set. Without a value the kind's own limit holds. */
const limits = {
  weight: weight.default(100).openapi({ description: 'Its share of the recipients, relative to the other senders.' }),
  messagesPerSecond: messagesPerSecond.optional().openapi({ description: '0.1 is one message in ten seconds.' }),
  dailyCap: cap.nullable().optional().openapi({ description: 'Messages per UTC day; null for no cap.' }),
  warmUpFrom: cap
    .nullable()
    .optional()
    .openapi({ description: 'The cap of the first day, which grows by half each day up to `dailyCap`.' }),
};

const [cloud, waha, fonnte, wablas] = senderForms;
export const createSenderSchema = z
  .discriminatedUnion('kind', [cloud.extend(limits), waha.extend(limits), fonnte.extend(limits), wablas.extend(limits)])
  .openapi('CreateSender');

export const changeSenderSchema = z
  .strictObject({
    weight: weight.optional(),
    messagesPerSecond: messagesPerSecond.optional(),
    dailyCap: cap.nullable().optional(),
    warmUpFrom: cap.nullable().optional(),
  })
  .openapi('ChangeSender');

/** Credentials are never shown again. */
export const senderSchema = z
  .object({
    id: plainIdSchema,
    kind: z.enum(senderKinds),
    externalId: z.string().openapi({ description: "The provider's id of it: number id, session or device." }),
    weight: z.int(),
    messagesPerSecond: z.number(),
    dailyCap: z.int().nullable(),
    warmUpFrom: z.int().nullable(),
    status: z.enum(['active', 'cooling', 'disabled']),
    coolingUntil: timeSchema.nullable(),
    circuit: z
      .enum(['closed', 'open'])
      .openapi({ description: 'Open while the provider does not respond for this sender.' }),
    lastFailure: z.string().nullable(),
    today: z.object({
      cap: z.int().nullable(),
      left: z.int().nullable(),
      accepted: z.int().openapi({ description: 'Accepted by the provider, whatever their outcome.' }),
      delivered: z.int().openapi({ description: 'Including read ones.' }),
      read: z.int(),
      failed: z.int(),
      unknown: z.int(),
    }),
    createdAt: timeSchema,
  })
  .openapi('Sender');

export const senderListSchema = z.object({ data: z.array(senderSchema), nextCursor: z.null() }).openapi('SenderList');

export const senderTemplateListSchema = z
  .object({
    checkedAt: timeSchema.nullable(),
    data: z.array(
      z.object({
        name: z.string(),
        language: z.string(),
        status: z.string().openapi({ description: "Meta's status: APPROVED, PENDING, REJECTED, PAUSED, ..." }),
        reason: z.string().nullable(),
        isSent: z
          .boolean()
          .openapi({ description: 'Whether it is approved and has the variables that the service fills in.' }),
      }),
    ),
    nextCursor: z.null(),
  })
  .openapi('SenderTemplateList');
