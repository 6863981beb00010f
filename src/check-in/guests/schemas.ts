import { z } from '@hono/zod-openapi';
import { lineOfText, plainIdSchema, ticketIdSchema } from '../../http/contract/schemas.ts';
import { guestQueryLengthMax } from '../limits.ts';
import { admissionSchema } from '../schemas.ts';

export const searchGuestsSchema = z
  .strictObject({
    q: lineOfText(guestQueryLengthMax).openapi({
      description:
        'A phone number in any common format, or an order code. If `showsNames` is true, also the beginning of a name or of each of ' +
        'its words, the beginning of a code, or at least the last four digits of a number.',
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
          name: z.string().nullable().openapi({ description: 'Null unless `showsNames` is true.' }),
          orderCode: z.string(),
          partySize: z.int().openapi({ description: 'Live tickets of the order.' }),
        }),
      }),
    ),
    match: z.enum(['exact', 'similar']).openapi({
      description:
        '`similar`: nothing matches. These are the guests whose name, code or number differs by one typing mistake. Without `showsNames`, ' +
        'only a code may differ.',
    }),
    isComplete: z.boolean().openapi({ description: 'False if more tickets match. A longer text finds fewer.' }),
  })
  .openapi('FoundGuests');
