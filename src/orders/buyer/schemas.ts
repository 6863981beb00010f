import { z } from '@hono/zod-openapi';
import { emailSchema, ticketIdSchema } from '../../http/contract/schemas.ts';

/**
 * Ids in a path are not checked here: a malformed one answers like one that does not exist.
 */
const anyText = (example: string) => z.string().openapi({ example });

export const orderParams = z.object({ id: anyText('ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE') });
export const ticketParams = orderParams.extend({ ticketId: anyText('tkt_7K3M9XQ206FJ2V1H8C9QX4T0RBVE001') });

export const ticketSchema = z
  .object({
    id: ticketIdSchema,
    code: z.string().openapi({ description: 'What the QR carries.', example: '3V2M8R0WJ6ZK9T5XQ1H7C4D0AG' }),
    ticketCategoryId: z.string(),
    status: z.enum(['live', 'revoked']),
  })
  .openapi('Ticket');

export const ticketListSchema = z.object({ data: z.array(ticketSchema), nextCursor: z.null() }).openapi('TicketList');

export const lookUpOrderSchema = z
  .strictObject({
    email: emailSchema,
    code: z.string().min(10).max(40).openapi({ example: '9QX4T-0RBVE' }),
  })
  .openapi('LookUpOrder');
