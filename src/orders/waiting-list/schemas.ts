import { z } from '@hono/zod-openapi';
import { ticketsOfOrderMax } from '../../catalog/index.ts';
import { plainIdSchema, timeSchema } from '../../http/contract/schemas.ts';
import { anyId, buyerSchema, localeSchema } from '../schemas.ts';

export const joinWaitingListSchema = z
  .strictObject({
    ticketCategoryId: plainIdSchema,
    quantity: z.int().min(1).max(ticketsOfOrderMax),
    buyer: buyerSchema,
    locale: localeSchema.default('id'),
  })
  .openapi('JoinWaitingList');
export type JoinWaitingListInput = z.output<typeof joinWaitingListSchema>;

export const waitingParams = z.object({ entryId: anyId('wtl_7K3M9XQ206FJ2V1H8C9QX4T0RBVE') });

export const waitingEntrySchema = z
  .object({
    status: z.enum(['unconfirmed', 'waiting', 'offered', 'ended']).openapi({
      description: '`ended`: the order for the offer was refused by a limit of the sale.',
    }),
    quantity: z.int(),
    ticketCategory: z.string(),
    ticketCategoryEn: z.string().nullable(),
    eventName: z.string(),
    eventNameEn: z.string().nullable(),
    eventSlug: z.string(),
    position: z
      .int()
      .nullable()
      .openapi({ description: 'The position in the line, counted from one; null if not in it.' }),
  })
  .openapi('WaitingEntry');

export const waitingLinesSchema = z
  .object({
    data: z.array(
      z.object({
        ticketCategoryId: plainIdSchema,
        name: z.string(),
        isListed: z.boolean().openapi({ description: 'Places that return to the pool go only to the waiting list.' }),
        waiting: z.int().openapi({ description: 'People with a confirmed address.' }),
        tickets: z.int().openapi({ description: 'The places that they want in total.' }),
        waitingSince: timeSchema
          .nullable()
          .openapi({ description: 'When the first of them joined; null if nobody is waiting.' }),
        offers: z.object({ open: z.int(), taken: z.int(), lapsed: z.int() }).openapi({
          description: 'Offered orders: not paid yet; paid; expired or cancelled without payment.',
        }),
      }),
    ),
    nextCursor: z.null(),
  })
  .openapi('WaitingLines');
