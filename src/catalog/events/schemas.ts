import { z } from '@hono/zod-openapi';
import { pageQuery } from '../../http/contract/pagination.ts';
import {
  blockOfText,
  countrySchema,
  eventIdSchema,
  givenTimeSchema,
  lineOfText,
  listOf,
  moneySchema,
  optionalLine,
  timeSchema,
  timeZoneSchema,
  patternFault,
} from '../../http/contract/schemas.ts';
import { currencies } from '../../platform/text/money.ts';
import { missingCodes } from '../errors.ts';
import {
  descriptionLengthMax,
  holdSecondsMax,
  holdSecondsMin,
  labelLengthMax,
  nameLengthMax,
  placeLengthMax,
  summaryLengthMax,
  ticketsOfBuyerMax,
  ticketsOfOrderMax,
} from '../limits.ts';
import { eventStatus, publicEventSchema, sales } from '../schemas.ts';

/** What an organiser sees and sends. */

export const ifMatchHeaders = z.object({
  'if-match': z
    .string()
    .max(100)
    .optional()
    .openapi({ description: 'The `ETag` that was read, instead of `version` in the body.' }),
});
export const organizerEventsQuery = z.strictObject({ ...pageQuery, status: eventStatus.optional() });

export const organizerEventSchema = z
  .object({
    ...publicEventSchema.shape,
    pictureFocus: z
      .object({ x: z.int(), y: z.int() })
      .nullable()
      .openapi({ description: 'The point that every cut of the picture keeps in view, in percent.' }),
    holdSeconds: z.int(),
    version: z.int(),
    createdAt: timeSchema,
    publishedAt: timeSchema.nullable(),
  })
  .omit({ priceFrom: true })
  .openapi('OrganizerEvent');

export const organizerEventsSchema = listOf(organizerEventSchema).openapi('OrganizerEvents');

const eventFields = {
  name: lineOfText(nameLengthMax),
  summary: optionalLine(summaryLengthMax),
  description: blockOfText(descriptionLengthMax),
  nameEn: lineOfText(nameLengthMax).nullable().openapi({
    description: 'English version, like `summaryEn` and `descriptionEn`; null if there is none.',
  }),
  summaryEn: lineOfText(summaryLengthMax).nullable(),
  descriptionEn: blockOfText(descriptionLengthMax).min(1).nullable(),
  category: lineOfText(labelLengthMax),
  city: lineOfText(placeLengthMax),
  venue: lineOfText(placeLengthMax),
  address: optionalLine(summaryLengthMax),
  country: countrySchema.openapi({
    description: 'Where it takes place. Phone numbers without a country code belong to this country.',
    example: 'ID',
  }),
  timeZone: timeZoneSchema,
  startsAt: givenTimeSchema,
  endsAt: givenTimeSchema,
  doorsOpenAt: givenTimeSchema,
  holdSeconds: z.int().min(holdSecondsMin).max(holdSecondsMax).openapi({
    description:
      'How long the places of an unpaid order are kept. Default: 1800, long enough for bank transfers. 900 suits a rush: places return sooner, and transfers are offered only on the page of the order.',
  }),
  ticketsPerOrderMax: z.int().min(1).max(ticketsOfOrderMax),
  ticketsPerBuyerMax: z.int().min(1).max(ticketsOfBuyerMax).nullable(),
  feePerTicket: moneySchema,
  refundableUntilHours: z
    .int()
    .min(0)
    .max(24 * 365)
    .nullable(),
  transfersAllowed: z.boolean(),
  hasWaitingList: z.boolean(),
  detailsUntilHours: z
    .int()
    .min(0)
    .max(24 * 365),
};

const createEventFields = {
  ...z.object(eventFields).partial().shape,
  slug: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{1,78}[a-z0-9])$/, patternFault('slug.invalid', { min: 3, max: 80 })),
  name: eventFields.name,
  category: eventFields.category,
  city: eventFields.city,
  venue: eventFields.venue,
  currency: z.enum(currencies).optional(),
  pictureOf: eventIdSchema
    .optional()
    .openapi({ description: 'Another event of the organiser whose picture this event also shows.' }),
  startsAt: givenTimeSchema,
  endsAt: givenTimeSchema,
};

export const createEventSchema = z.strictObject(createEventFields).openapi('CreateEvent');

export const changeEventSchema = z
  .strictObject({ ...z.object(eventFields).partial().shape, version: z.int().min(1).optional() })
  .openapi('ChangeEvent');

export const readinessSchema = z
  .object({
    missing: z.array(
      z.object({
        code: z.enum(missingCodes).openapi({ description: 'Accept others.' }),
        message: z.string(),
        subjectId: z.string().optional(),
      }),
    ),
  })
  .openapi('Readiness');

export const salesSchema = z.strictObject({ sales }).openapi('Sales');

export type CreateEvent = z.output<typeof createEventSchema>;

export type ChangeEvent = Omit<z.output<typeof changeEventSchema>, 'version'>;
