import { z } from '@hono/zod-openapi';
import { plainIdSchema, timeSchema, organizerParams } from '../../http/contract/schemas.ts';
import { channels, deliveryStatuses } from '../tables.ts';

export const messageTestParams = organizerParams.extend({ testId: plainIdSchema });

export const sendMessageTestSchema = z
  .discriminatedUnion('channel', [
    z.strictObject({ channel: z.literal('email') }),
    z.strictObject({ channel: z.literal('whatsapp'), senderId: plainIdSchema }),
  ])
  .openapi('SendMessageTest');
export type MessageTestInput = z.output<typeof sendMessageTestSchema>;

export const messageTestSchema = z
  .object({
    id: plainIdSchema,
    channel: z.enum(channels),
    status: z.enum(deliveryStatuses).openapi({
      description:
        '`queued`, `sending`: on its way. `accepted`, `sent`: the provider has it. `delivered`, `read`: a callback reported its arrival. ' +
        '`failed`: refused. `unknown`: sent, but the outcome is unknown. `suppressed`: the address is suppressed.',
    }),
    failure: z.string().nullable().openapi({ description: "The provider's reason, as a code." }),
    createdAt: timeSchema,
    acceptedAt: timeSchema.nullable(),
    deliveredAt: timeSchema.nullable(),
  })
  .openapi('MessageTest');
