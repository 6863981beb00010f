import { z } from '@hono/zod-openapi';
import { emailSchema, fault, phoneCountrySchema, phoneSchema, slugSchema } from '../../http/contract/schemas.ts';
import { anyId } from '../schemas.ts';

export const orderParams = z.object({ id: anyId('ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE') });

export const lookUpOrderSchema = z
  .strictObject({
    email: emailSchema.optional(),
    phone: phoneSchema.optional(),
    phoneCountry: phoneCountrySchema.optional(),
    code: z.string().min(10).max(40).optional().openapi({ example: '9QX4T-0RBVE' }),
  })
  .refine(({ email, phone }) => email !== undefined || phone !== undefined, {
    ...fault('field.required'),
    path: ['email'],
  })
  .refine(({ email, phone }) => email === undefined || phone === undefined, {
    ...fault('field.unknown'),
    path: ['phone'],
  })
  .openapi('LookUpOrder');

export const readPhoneSchema = z
  .strictObject({ eventSlug: slugSchema, phone: phoneSchema, phoneCountry: phoneCountrySchema.optional() })
  .openapi('ReadPhone');

export const phoneReadingSchema = z
  .object({
    phone: z
      .string()
      .openapi({ description: 'E.164, as orders store it and messages use it.', example: '+6281234567890' }),
    display: z.string().openapi({ description: 'The same, formatted for people.', example: '+62 812 3456 7890' }),
    country: z.string().nullable().openapi({ description: 'The country of the number.', example: 'ID' }),
  })
  .openapi('PhoneReading');
