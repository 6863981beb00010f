import { createRoute, z } from '@hono/zod-openapi';
import { jsonBody } from '../../http/contract/json-body.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, phoneCountrySchema, phoneSchema, problems, slugSchema } from '../../http/contract/schemas.ts';
import { byAnybody } from '../../http/contract/security.ts';
import { phoneOf, showPhone } from '../../platform/text/phone-number.ts';
import { eventUnknown } from '../errors.ts';
import type { EventDirectory } from '../event-directory.ts';

const bodyBytesMax = 1024;

const readPhoneSchema = z
  .strictObject({ eventSlug: slugSchema, phone: phoneSchema, phoneCountry: phoneCountrySchema.optional() })
  .openapi('ReadPhone');

const phoneReadingSchema = z
  .object({
    phone: z
      .string()
      .openapi({ description: 'E.164: what an order keeps and messages go to.', example: '+6281234567890' }),
    display: z.string().openapi({ description: 'The same as people read it.', example: '+62 812 3456 7890' }),
    country: z.string().nullable().openapi({ description: 'Whose number it is.', example: 'ID' }),
  })
  .openapi('PhoneReading');

const readRoute = createRoute({
  method: 'post',
  path: '/v1/buyers/phone-readings',
  tags: ['Buyers'],
  operationId: 'readPhoneNumber',
  security: byAnybody,
  summary: 'Read a phone number as an order for this event would',
  description:
    'For a form to show before ordering where the tickets will go. Nothing is kept, and nothing is said about whose number it is.',
  middleware: [jsonBody(bodyBytesMax)] as const,
  request: { body: body(readPhoneSchema) },
  responses: { 200: answer(phoneReadingSchema, 'The number.'), ...problems(400, 404, 413, 415, 429, 503) },
});

export function phoneReadingRoutes({ directory }: { readonly directory: EventDirectory }) {
  return createRouter().openapi(readRoute, async (c) => {
    const { eventSlug, ...given } = c.req.valid('json');
    const event = await directory.find(eventSlug);
    if (event === undefined) throw eventUnknown();
    const phone = phoneOf(given, event.country, 'phone');
    const { text, country } = showPhone(phone);
    c.header('cache-control', 'no-store');
    return c.json({ phone, display: text, country: country ?? null }, 200);
  });
}
