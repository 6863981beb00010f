import { orderParams } from '../buyer/schemas.ts';
import { anyId } from '../schemas.ts';
import { z } from '@hono/zod-openapi';
import { ticketIdSchema } from '../../http/contract/schemas.ts';

export const ticketParams = orderParams.extend({ ticketId: anyId('tkt_7K3M9XQ206FJ2V1H8C9QX4T0RBVE001') });

const ticketSchema = z
  .object({
    id: ticketIdSchema,
    code: z.string().openapi({ description: 'The content of the QR code.', example: '3V2M8R0WJ6ZK9T5XQ1H7C4D0AG' }),
    shortCode: z.string().openapi({
      description: 'What a person can type at the door. The same as `code`, unless the event has signed codes.',
      example: '3V2M8R0WJ6ZK9T5XQ1H7C4D0AG',
    }),
    ticketCategoryId: z.string(),
    status: z.enum(['live', 'revoked']),
    holderName: z.string().nullable().openapi({ description: 'As given by the buyer; null if none was given.' }),
  })
  .openapi('Ticket');

export const walletsSchema = z
  .array(z.enum(['apple', 'google']))
  .openapi({ description: 'The wallets for which this service creates passes.' });

export const ticketListSchema = z
  .object({ data: z.array(ticketSchema), nextCursor: z.null(), wallets: walletsSchema })
  .openapi('TicketList');
