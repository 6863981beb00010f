import { z } from '@hono/zod-openapi';
import {
  blockOfText,
  emailSchema,
  eventIdSchema,
  fault,
  lineOfText,
  listOf,
  moneySchema,
  plainIdSchema,
  timeSchema,
} from '../../http/contract/schemas.ts';
import { emailBytesMax } from '../../platform/text/email-address.ts';
import { anyId, holderNameSchema, orderSchema, organizerParams, placeOrderSchema } from '../schemas.ts';
import { noteLengthMax } from './write-note.ts';
import { orderFlags } from '../flags.ts';
import { cancellers, orderStatuses } from '../tables.ts';
import { poolSchema } from '../pools/schemas.ts';
import { pageQuery } from '../../http/contract/pagination.ts';

export const deskOrderParams = organizerParams.extend({ orderId: anyId('ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE') });

export const orderListQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(orderStatuses).optional(),
  q: lineOfText(emailBytesMax).optional().openapi({ description: 'A complete order code or email address.' }),
});

export const deskOrderSchema = orderSchema
  .omit({ payment: true, buyer: true })
  .extend({
    buyer: z
      .object({ name: z.string(), email: z.string().optional(), phone: z.string().optional() })
      .openapi({ description: 'The role door gets no email and phone.' }),
    closedAt: timeSchema.nullable().openapi({ description: 'When it expired, was cancelled, or was wholly refunded.' }),
    cancelledBy: z.enum(cancellers).nullable(),
    flags: z
      .array(z.enum(orderFlags))
      .openapi({ description: 'Why a person should look at this order. Accept others.' }),
  })
  .openapi('DeskOrder');

export const correctBuyerSchema = z
  .strictObject({
    name: placeOrderSchema.shape.buyer.shape.name
      .optional()
      .openapi({ description: 'Shown on every ticket without its own name.' }),
    email: emailSchema.optional().openapi({ description: 'The correct address for the order and its tickets.' }),
    phone: placeOrderSchema.shape.buyer.shape.phone
      .optional()
      .openapi({ description: 'The correct phone, written as in an order.' }),
    phoneCountry: placeOrderSchema.shape.buyer.shape.phoneCountry,
  })
  .refine(({ name, email, phone }) => (name ?? email ?? phone) !== undefined, fault('field.nothing_to_change'))
  .openapi('CorrectBuyer');

export const deskTicketParams = deskOrderParams.extend({ ticketId: anyId('tkt_7K3M9XQ206FJ2V1H8C9QX4T0RBVE001') });

export const correctHolderNameSchema = z.strictObject({ holderName: holderNameSchema }).openapi('CorrectHolderName');

export const writeNoteSchema = z.strictObject({ text: blockOfText(noteLengthMax).min(1) }).openapi('WriteNote');

export const noteSchema = z.object({ id: plainIdSchema, text: z.string(), createdAt: timeSchema }).openapi('OrderNote');

export const complimentaryOrderSchema = placeOrderSchema
  .pick({ buyer: true, lines: true, locale: true })
  .openapi('ComplimentaryOrder');

export type ComplimentaryOrderInput = z.output<typeof complimentaryOrderSchema>;

export const deskOrderListSchema = listOf(deskOrderSchema).openapi('DeskOrderList');

const figures = {
  paid: z.int().openapi({ description: 'Live tickets.' }),
  held: z.int().openapi({ description: 'Places of orders that are not paid yet.' }),
  revenue: moneySchema.openapi({ description: 'Prices of live tickets, before discounts and fees.' }),
};

export const salesSchema = z
  .object({
    eventId: eventIdSchema,
    ticketCategories: z.array(
      z.object({
        ticketCategoryId: z.string(),
        name: z.string(),
        poolId: z.string(),
        available: z
          .int()
          .openapi({ description: 'Free places of its pool, which may be shared with other categories.' }),
        ...figures,
      }),
    ),
    pools: z.array(poolSchema),
    total: z.object({
      ...figures,
      gatewayFees: moneySchema.openapi({
        description: "Fees that gateways added to buyers' payments and keep. Not part of the revenue.",
      }),
    }),
  })
  .openapi('SalesFigures');
