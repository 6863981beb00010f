import { z } from '@hono/zod-openapi';
import { pageQuery } from '../../http/contract/pagination.ts';
import {
  fault,
  eventIdSchema,
  givenTimeSchema,
  lineOfText,
  listOf,
  moneySchema,
  timeSchema,
  patternFault,
} from '../../http/contract/schemas.ts';
import { emailBytesMax } from '../../platform/text/email-address.ts';
import { amountMax } from '../../platform/text/money.ts';
import { cleanPromoCode } from '../promo-codes/key.ts';
import { orderSchema } from '../schemas.ts';
import { orderStatuses } from '../tables.ts';

export const placesMax = 10_000_000;
const places = z.int().min(0).max(placesMax);

/** Ids in a path are not checked by the contract: a malformed one answers like one that does not exist. */
const anyId = (example: string) => z.string().max(100).openapi({ example });

export const organizerParams = z.object({ slug: z.string() });
export const eventParams = organizerParams.extend({ eventId: anyId('evt_7K3M9XQ2') });
export const poolParams = eventParams.extend({ poolId: anyId('pol_06FJ2V1H8C9QX4T0RBVE') });
export const promoCodeParams = eventParams.extend({ promoCodeId: anyId('prm_06FJ2V1H8C9QX4T0RBVE') });
export const deskOrderParams = organizerParams.extend({ orderId: anyId('ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE') });

export const createPoolSchema = z
  .strictObject({ name: lineOfText(100), capacity: places, blocked: places.default(0) })
  .refine((pool) => pool.blocked <= pool.capacity, {
    ...fault('limit.above', { other: 'capacity' }),
    path: ['blocked'],
  })
  .openapi('CreatePool');

export const changePoolSchema = z
  .strictObject({ capacity: places.optional(), blocked: places.optional() })
  .refine((pool) => pool.capacity !== undefined || pool.blocked !== undefined, fault('field.nothing_to_change'))
  .openapi('ChangePool');

export const poolSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    capacity: z.int(),
    available: z.int(),
    held: z.int(),
    sold: z.int(),
    blocked: z.int(),
  })
  .openapi('Pool');
export const poolListSchema = listOf(poolSchema).openapi('PoolList');

const limit = z.int().min(1).max(10_000_000);
const windowIsOpen = (promo: { validFrom?: string | null | undefined; validUntil?: string | null | undefined }) =>
  !promo.validFrom || !promo.validUntil || Date.parse(promo.validFrom) < Date.parse(promo.validUntil);
const windowFault = { ...fault('time.order', { other: 'validFrom' }), path: ['validUntil'] };

export const createPromoCodeSchema = z
  .strictObject({
    code: z
      .string()
      .overwrite(cleanPromoCode)
      .regex(/^(?=.*[A-Z0-9])[A-Z0-9-]{3,32}$/, patternFault('promo_code.format'))
      .optional()
      .openapi({ description: 'Left out, the service makes one that nobody guesses.' }),
    kind: z.enum(['percent', 'amount']),
    value: z
      .int()
      .min(1)
      .max(amountMax)
      .openapi({ description: 'Percent of the tickets, or minor units off the order.' }),
    redemptionsMax: limit.optional(),
    validFrom: givenTimeSchema.optional(),
    validUntil: givenTimeSchema.optional(),
  })
  .refine((promo) => promo.kind !== 'percent' || promo.value <= 100, {
    ...fault('number.too_large', { limit: 100 }),
    path: ['value'],
  })
  .refine(windowIsOpen, windowFault)
  .openapi('CreatePromoCode');

export const changePromoCodeSchema = z
  .strictObject({
    redemptionsMax: limit.nullable().optional(),
    validFrom: givenTimeSchema.nullable().optional(),
    validUntil: givenTimeSchema.nullable().optional(),
    status: z.enum(['active', 'closed']).optional(),
  })
  .refine((promo) => Object.keys(promo).length > 0, fault('field.nothing_to_change'))
  .refine(windowIsOpen, windowFault)
  .openapi('ChangePromoCode');

export const promoCodeSchema = z
  .object({
    id: z.string(),
    code: z.string(),
    isGuessable: z.boolean().openapi({
      description:
        'Whether somebody may find it by trying, although tries are limited: it is short, or made of letters or digits alone. Fine ' +
        'for a code that everybody may know.',
    }),
    kind: z.enum(['percent', 'amount']),
    value: z.int(),
    redemptions: z.int(),
    redemptionsMax: z.int().nullable(),
    validFrom: timeSchema.nullable(),
    validUntil: timeSchema.nullable(),
    status: z.enum(['active', 'closed']),
  })
  .openapi('PromoCode');
export const promoCodeListSchema = listOf(promoCodeSchema).openapi('PromoCodeList');

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
    attention: z.array(z.string()).openapi({ description: 'Why a person should look at this order.' }),
  })
  .openapi('DeskOrder');
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
  .openapi('Sales');

export type CreatePoolInput = z.output<typeof createPoolSchema>;
export type ChangePoolInput = z.output<typeof changePoolSchema>;
export type CreatePromoCodeInput = z.output<typeof createPromoCodeSchema>;
export type ChangePromoCodeInput = z.output<typeof changePromoCodeSchema>;
