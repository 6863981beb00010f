import { z } from '@hono/zod-openapi';
import { fault, personName, plainIdSchema, ticketIdSchema, timeSchema } from '../../http/contract/schemas.ts';
import { holderNameLengthMax, ticketsNamedAtOnceMax } from './limits.ts';

const holderSchema = z.strictObject({ ticketId: ticketIdSchema, holderName: personName(holderNameLengthMax) });

export const giveDetailsSchema = z
  .strictObject({
    tickets: z
      .array(holderSchema)
      .min(1)
      .max(ticketsNamedAtOnceMax)
      .refine(
        (tickets) => new Set(tickets.map(({ ticketId }) => ticketId)).size === tickets.length,
        fault('list.doubled'),
      ),
  })
  .openapi('GiveOrderDetails');

export const detailsSchema = z
  .object({
    until: timeSchema
      .nullable()
      .openapi({ description: 'The last moment for changes; null while the event has no date.' }),
    isOpen: z.boolean(),
    timeZone: z.string().openapi({ description: 'Of the event.' }),
    tickets: z
      .array(
        z.object({
          ticketId: ticketIdSchema,
          ticketCategoryId: plainIdSchema,
          ticketCategory: z.string(),
          holderName: z.string().nullable(),
        }),
      )
      .openapi({ description: 'The valid tickets that carry a name; none before the order is paid.' }),
  })
  .openapi('OrderDetails');
