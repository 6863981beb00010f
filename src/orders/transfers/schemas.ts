import { walletsSchema } from '../tickets/schemas.ts';
import { z } from '@hono/zod-openapi';
import { emailSchema, plainIdSchema, ticketIdSchema, timeSchema } from '../../http/contract/schemas.ts';
import { anyId, holderNameSchema } from '../schemas.ts';

const newHolderSchema = z.strictObject({ name: holderNameSchema, email: emailSchema });

export const heldTicketParams = z.object({ ticketId: anyId('tkt_7K3M9XQ206FJ2V1H8C9QX4T0RBVE001') });

export const transferTicketSchema = z
  .strictObject({ ticketId: ticketIdSchema, holder: newHolderSchema })
  .openapi('TransferTicket');

export const transferHeldTicketSchema = z.strictObject({ holder: newHolderSchema }).openapi('TransferHeldTicket');

export const transfersSchema = z
  .object({
    isOpen: z.boolean().openapi({ description: 'Whether tickets of this event can be transferred now.' }),
    tickets: z.array(
      z.object({
        ticketId: ticketIdSchema,
        ticketCategoryId: plainIdSchema,
        ticketCategory: z.string(),
        ticketCategoryEn: z.string().nullable(),
        holder: z
          .object({ name: z.string(), since: timeSchema })
          .nullable()
          .openapi({ description: 'To whom the buyer gave the ticket; null while the buyer has it.' }),
      }),
    ),
  })
  .openapi('Transfers');

export const heldTicketSchema = z
  .object({
    id: ticketIdSchema,
    code: z.object({ code: z.string(), shortCode: z.string() }).nullable().openapi({
      description: 'The content of the QR code, and the code that a person can type; null if the ticket is not live.',
    }),
    ticketCategory: z.string(),
    ticketCategoryEn: z.string().nullable(),
    holderName: z.string(),
    isTransferable: z.boolean().openapi({ description: 'False if it certainly cannot be transferred.' }),
    wallets: walletsSchema,
    event: z.object({
      slug: z.string(),
      name: z.string(),
      nameEn: z.string().nullable(),
      venue: z.string(),
      city: z.string(),
      timeZone: z.string(),
      startsAt: timeSchema,
      doorsOpenAt: timeSchema,
      isPostponed: z.boolean(),
    }),
  })
  .openapi('HeldTicket');
