import { localeSchema, knownClientSchema, keptTokenSchema } from '../schemas.ts';
import { z } from '@hono/zod-openapi';
import {
  fault,
  emailSchema,
  phoneCountrySchema,
  phoneSchema,
  plainIdSchema,
  slugSchema,
  timeSchema,
  patternFault,
} from '../../http/contract/schemas.ts';

export const requestVerificationSchema = z
  .strictObject({
    email: emailSchema.optional(),
    phone: phoneSchema.optional().openapi({ description: 'Requires `eventSlug`: the code is sent by its organiser.' }),
    phoneCountry: phoneCountrySchema.optional(),
    eventSlug: slugSchema.optional(),
    locale: localeSchema.default('id'),
    knownClientToken: knownClientSchema,
  })
  .refine(
    ({ email, phone }) => (email === undefined) !== (phone === undefined),
    fault('one_of.required', { names: 'email, phone' }),
  )
  .openapi('RequestVerification');

export const verificationSchema = z
  .object({ verificationId: plainIdSchema, expiresAt: timeSchema })
  .openapi('Verification');

export const confirmVerificationSchema = z
  .strictObject({
    verificationId: plainIdSchema,
    code: z
      .string()
      .trim()
      .regex(/^\d{3} ?\d{3}$/, patternFault('code.six_digits'))
      .openapi({ example: '042317' }),
  })
  .openapi('ConfirmVerification');

export const confirmedBuyerSchema = z
  .object({ buyerToken: z.string(), expiresAt: timeSchema, knownClientToken: keptTokenSchema })
  .openapi('ConfirmedBuyer');
