import { z } from '@hono/zod-openapi';
import { lineOfText, plainIdSchema, ticketIdSchema } from '../../http/contract/schemas.ts';
import { guestQueryLengthMax } from '../limits.ts';
import { admissionSchema } from '../schemas.ts';

export const searchGuestsSchema = z
  .strictObject({
    q: lineOfText(guestQueryLengthMax).openapi({
      description:
        "A phone number in any way that people write it, or an order's code. Where `showsNames` is set also the beginning of a name, of " +
        'each of its words, the beginning of a code, or the last four or more digits of a number.',
    }),
  })
  .openapi('SearchGuests');

export const foundGuestsSchema = z
  .object({
    data: z.array(
      z.object({
        codeSha256: z.string().openapi({ description: 'As in the door list.' }),
        ticketCategoryId: plainIdSchema,
        status: z.enum(['live', 'revoked']),
        admission: admissionSchema.extend({ inside: z.boolean() }).nullable(),
        guest: z.object({
          ticketId: ticketIdSchema,
          name: z.string().nullable().openapi({ description: 'Null unless `showsNames` is set.' }),
          orderCode: z.string(),
          partySize: z.int().openapi({ description: 'Valid tickets of the order.' }),
        }),
      }),
    ),
    isComplete: z.boolean().openapi({ description: 'False when more tickets fit. A longer text finds fewer.' }),
  })
  .openapi('FoundGuests');
