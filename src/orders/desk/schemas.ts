import { z } from '@hono/zod-openapi';
import {
  blockOfText,
  emailSchema,
  eventIdSchema,
  fault,
  lineOfText,
  listOf,
  moneySchema,
  personName,
  plainIdSchema,
  timeSchema,
} from '../../http/contract/schemas.ts';
import { emailBytesMax } from '../../platform/text/email-address.ts';
import { anyId, orderSchema, organizerParams, placeOrderSchema } from '../schemas.ts';
import { holderNameLengthMax } from '../details/limits.ts';
import { noteLengthMax } from './write-note.ts';
import { orderStatuses } from '../tables.ts';
import { poolSchema } from '../pools/schemas.ts';
import { pageQuery } from '../../http/contract/pagination.ts';

export const deskOrderParams = organizerParams.extend({ orderId: anyId('ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE') });

export const orderListQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(orderStatuses).optional(),
  q: lineOfText(emailBytesMax).optional().openapi({ description: 'An order code, or an email address, in full.' }),
});

export const deskOrderSchema = orderSchema
  .omit({ payment: true, buyer: true })
  .extend({
    buyer: z
      .object({ name: z.string(), email: z.string().optional(), phone: z.string().optional() })
      .openapi({ description: 'Without email and phone for the role door.' }),
    flags: z.array(z.string()).openapi({ description: 'Why a person should look at this order.' }),
  })
  .openapi('DeskOrder');

export const correctBuyerSchema = z
  .strictObject({
    name: placeOrderSchema.shape.buyer.shape.name
      .optional()
      .openapi({ description: 'Stands on every ticket without a name of its own.' }),
    email: emailSchema.optional().openapi({ description: 'Where the order and its tickets should have gone.' }),
  })
  .refine(({ name, email }) => name !== undefined || email !== undefined, fault('field.nothing_to_change'))
  .openapi('CorrectBuyer');

export const deskTicketParams = deskOrderParams.extend({ ticketId: anyId('tkt_7K3M9XQ206FJ2V1H8C9QX4T0RBVE001') });

export const correctHolderNameSchema = z
  .strictObject({ holderName: personName(holderNameLengthMax) })
  .openapi('CorrectHolderName');

export const writeNoteSchema = z.strictObject({ text: blockOfText(noteLengthMax).min(1) }).openapi('WriteNote');

export const noteSchema = z.object({ id: plainIdSchema, text: z.string(), createdAt: timeSchema }).openapi('OrderNote');

export const complimentaryOrderSchema = placeOrderSchema
  .pick({ buyer: true, lines: true, locale: true })
  .openapi('ComplimentaryOrder');

export type ComplimentaryOrderInput = z.output<typeof complimentaryOrderSchema>;

export const deskOrderListSchema = listOf(deskOrderSchema).openapi('DeskOrderList');

const figures = {
  paid: z.int().openapi({ description: 'Valid tickets.' }),
  held: z.int().openapi({ description: 'Places of orders that are not paid yet.' }),
  revenue: moneySchema.openapi({ description: 'Prices of valid tickets, before discounts and fees.' }),
};

export const salesSchema = z
  .object({
    eventId: eventIdSchema,
    ticketCategories: z.array(
      z.object({
        ticketCategoryId: z.string(),
        name: z.string(),
        poolId: z.string(),
        available: z.int().openapi({ description: 'Free places of its pool, which other categories may share.' }),
        ...figures,
      }),
    ),
    pools: z.array(poolSchema),
    total: z.object({
      ...figures,
      gatewayFees: moneySchema.openapi({
        description: 'What gateways have added to what buyers paid, and keep for themselves. Not part of the revenue.',
      }),
    }),
  })
  .openapi('SalesFigures');
