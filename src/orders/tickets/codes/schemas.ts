import { z } from '@hono/zod-openapi';
import { timeSchema } from '../../../http/contract/schemas.ts';

const codes = z.enum(['opaque', 'signed']).openapi({
  description:
    '`opaque`: 26 random characters. `signed`: 140 characters with an Ed25519 signature, which a device can verify offline, even if the ' +
    'ticket is not on its list.',
});

export const ticketCodesSchema = z
  .object({
    codes,
    keys: z.array(
      z.object({
        keyId: z.int(),
        publicKey: z.string().openapi({ description: 'The 32 bytes in hex.' }),
        status: z.enum(['signing', 'accepted', 'withdrawn']),
        createdAt: timeSchema,
      }),
    ),
  })
  .openapi('TicketCodes');

export const ticketCodesChangeSchema = z.strictObject({ codes }).openapi('TicketCodesChange');

export const ticketKeyRotationSchema = z
  .strictObject({
    withdrawEarlier: z.boolean().default(false).openapi({
      description: 'Whether codes of earlier keys are refused from now on, because somebody else may have those keys.',
    }),
  })
  .openapi('TicketKeyRotation');
