import { z } from '@hono/zod-openapi';
import { ticketsOfOrderMax } from '../catalog/index.ts';
import {
  fault,
  emailSchema,
  moneySchema,
  orderIdSchema,
  personName,
  phoneCountrySchema,
  phoneSchema,
  plainIdSchema,
  slugSchema,
  timeSchema,
} from '../http/contract/schemas.ts';
import { orderStatuses } from './tables.ts';

export const linesMax = 10;
export const localeSchema = z.enum(['id', 'en']);

export const orderStatusSchema = z.enum(orderStatuses).openapi('OrderStatus');

const nameLengthMax = 100;
/** The name of a buyer or of a ticket holder. */
export const holderNameSchema = personName(nameLengthMax);

export const buyerSchema = z
  .strictObject({
    name: holderNameSchema,
    email: emailSchema,
    phone: phoneSchema,
    phoneCountry: phoneCountrySchema.optional(),
  })
  .openapi('Buyer');

/** The lines of an order, and what lowers its price. */
const orderedFields = {
  lines: z
    .array(z.strictObject({ ticketCategoryId: plainIdSchema, quantity: z.int().min(1).max(ticketsOfOrderMax) }))
    .min(1)
    .max(linesMax)
    .refine(
      (lines) => new Set(lines.map((line) => line.ticketCategoryId)).size === lines.length,
      fault('list.doubled'),
    ),
  promoCode: z.string().optional().openapi({
    description:
      'As typed by the buyer: case, blanks, dashes and width of letters are ignored. Empty or blank means no code.',
  }),
};

export const placeOrderSchema = z
  .strictObject({
    eventSlug: slugSchema,
    buyer: buyerSchema,
    ...orderedFields,
    expectedTotal: moneySchema.optional().openapi({
      description:
        'The total that was shown to the buyer. If the order costs more or less, nothing is ordered and the response is 409 `order.price_changed` with the new `total`. It may change under the same Idempotency-Key, so that the buyer can agree to the new total.',
    }),
    locale: localeSchema.default('id'),
  })
  .openapi('PlaceOrder');

export const quoteOrderSchema = z.strictObject(orderedFields).openapi('QuoteOrder');

export const quoteSchema = z
  .object({ subtotal: moneySchema, discount: moneySchema, fees: moneySchema, total: moneySchema })
  .openapi('Quote');

export type QuoteOrderInput = z.output<typeof quoteOrderSchema>;

export type PlaceOrderInput = z.output<typeof placeOrderSchema>;

export const paymentViewSchema = z
  .object({
    status: z.enum([
      'creating',
      'pending',
      'paid',
      'failed',
      'expired',
      'refunded',
      'partially_refunded',
      'review',
      'none',
    ]),
    method: z.string().openapi({
      description:
        '`any` until the buyer has chosen, `none` for a free order. Otherwise a method of `ChoosePayment`, or another one of the gateway.',
      example: 'qris',
    }),
    redirectUrl: z.string().optional(),
    qrString: z.string().optional().openapi({ description: 'The content of the QR code to draw.' }),
    vaNumber: z.string().optional(),
    bank: z.string().optional().openapi({ description: 'The bank of the number.', example: 'bca' }),
    billKey: z.string().optional().openapi({ description: 'For a bill payment, with `billerCode`.' }),
    billerCode: z.string().optional(),
    methods: z.array(z.string()).optional().openapi({
      description:
        'The methods of `ChoosePayment` that are accepted now, given the amount and the remaining time. New gateways bring others.',
    }),
    expiresAt: timeSchema.optional(),
    /** What has gone back to the buyer so far, if anything has. */
    refunded: moneySchema.optional(),
  })
  .openapi('Payment');

export const orderSchema = z
  .object({
    id: orderIdSchema,
    code: z.string().openapi({ example: '7K3M9-XQ2TB' }),
    status: orderStatusSchema,
    eventId: z.string(),
    eventSlug: z.string(),
    buyer: z.object({ name: z.string(), email: z.string(), phone: z.string() }),
    lines: z.array(
      z.object({
        ticketCategoryId: z.string(),
        name: z.string(),
        nameEn: z.string().optional().openapi({ description: 'English version, if the order is read in English.' }),
        quantity: z.int(),
        unitPrice: moneySchema,
      }),
    ),
    subtotal: moneySchema,
    discount: moneySchema,
    fees: moneySchema,
    total: moneySchema,
    placedAt: timeSchema,
    expiresAt: timeSchema,
    paidAt: timeSchema.optional(),
    payment: paymentViewSchema,
  })
  .openapi('Order');

export const placedOrderSchema = orderSchema.extend({ accessToken: z.string() }).openapi('PlacedOrder');

export type PaymentView = z.output<typeof paymentViewSchema>;

/** Ids in a path are not checked by the contract: a malformed id gets the same answer as an unknown one. */
export const anyId = (example: string) => z.string().openapi({ example });

export const organizerParams = z.object({ slug: z.string() });
export const eventParams = organizerParams.extend({ eventId: anyId('evt_7K3M9XQ2') });
