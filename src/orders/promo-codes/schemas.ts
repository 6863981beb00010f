import { z } from '@hono/zod-openapi';
import {
  eventIdSchema,
  fault,
  givenTimeSchema,
  listOf,
  timeSchema,
  patternFault,
} from '../../http/contract/schemas.ts';
import { amountMax } from '../../platform/text/money.ts';
import { cleanPromoCode } from './code.ts';
import { anyId, eventParams } from '../schemas.ts';

export const promoCodeParams = eventParams.extend({ promoCodeId: anyId('prm_06FJ2V1H8C9QX4T0RBVE') });
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
      .openapi({ description: 'If omitted, the service creates one that cannot be guessed.' }),
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

const movedSecondsMax = 20 * 366 * 86_400;

export const copyPromoCodesSchema = z
  .strictObject({
    from: eventIdSchema.openapi({
      example: 'evt_7K3M9XQ2',
      description: 'The id of the event whose active codes are copied.',
    }),
    movedSeconds: z
      .int()
      .min(-movedSecondsMax)
      .max(movedSecondsMax)
      .default(0)
      .openapi({ description: 'How much later the copies begin and end to be valid.' }),
  })
  .openapi('CopyPromoCodes');

export const copiedPromoCodesSchema = z
  .object({
    copied: z.int(),
    left: z.int().openapi({
      description: 'Codes that were not copied: the event has them already, or they are amounts in another currency.',
    }),
  })
  .openapi('CopiedPromoCodes');

export const promoCodeSchema = z
  .object({
    id: z.string(),
    code: z.string(),
    isGuessable: z.boolean().openapi({
      description:
        'Whether the code could be guessed despite limits on tries: it is short, or consists only of letters or only of digits. Fine ' +
        'for a public code.',
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

export type CreatePromoCodeInput = z.output<typeof createPromoCodeSchema>;

export type ChangePromoCodeInput = z.output<typeof changePromoCodeSchema>;

export type CopyPromoCodesInput = z.output<typeof copyPromoCodesSchema>;
