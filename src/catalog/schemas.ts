import { z } from '@hono/zod-openapi';
import { pageQuery } from '../http/contract/pagination.ts';
import {
  eventIdSchema,
  givenDaySchema,
  givenTimeSchema,
  lineOfText,
  listOf,
  moneySchema,
  plainIdSchema,
  slugSchema,
  timeSchema,
} from '../http/contract/schemas.ts';
import { amountMax, currencies, currencyDefault } from '../platform/text/money.ts';
import { availabilityBands } from './public/availability-band.ts';
import { labelLengthMax, placeLengthMax, searchLengthMax } from './limits.ts';

/** An empty parameter is treated as absent. */
const emptyIsAbsent = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());
const dayOrTime = z.union([givenTimeSchema, givenDaySchema]);

export const listingQuery = z.object({
  city: emptyIsAbsent(lineOfText(placeLengthMax)).openapi({ param: { name: 'city', in: 'query' }, type: 'string' }),
  category: emptyIsAbsent(lineOfText(labelLengthMax)).openapi({
    param: { name: 'category', in: 'query' },
    type: 'string',
  }),
  from: emptyIsAbsent(dayOrTime).openapi({
    param: { name: 'from', in: 'query' },
    type: 'string',
    description:
      'Events that end at or after this time, rounded to the minute. A day, such as 2027-03-05, begins at midnight in the time zone of each event. Default: events that are not over.',
  }),
  to: emptyIsAbsent(dayOrTime).openapi({
    param: { name: 'to', in: 'query' },
    type: 'string',
    description:
      'Events that start before this time. A day means its midnight in the time zone of each event: `from=2027-03-05&to=2027-03-06` lists events on the 5th.',
  }),
  q: emptyIsAbsent(lineOfText(searchLengthMax)).openapi({
    param: { name: 'q', in: 'query' },
    type: 'string',
    description:
      'Each word must begin a word of the name, summary, category, city or venue; in scripts without blanks it may be any part. Case, accents and widths are ignored. A text without a letter, digit or symbol finds nothing.',
  }),
  priceMax: emptyIsAbsent(z.coerce.number().int().min(0).max(amountMax)).openapi({
    param: { name: 'priceMax', in: 'query' },
    type: 'integer',
    description:
      'Events with a ticket on sale at this price or less, in minor units of `currency`. 0 finds events with free tickets.',
  }),
  currency: emptyIsAbsent(z.enum(currencies)).openapi({
    param: { name: 'currency', in: 'query' },
    type: 'string',
    enum: [...currencies],
    description: `Default with a \`priceMax\` above 0: ${currencyDefault}.`,
  }),
  organizer: emptyIsAbsent(slugSchema).openapi({
    param: { name: 'organizer', in: 'query' },
    type: 'string',
    description: 'Events of the organiser with this slug.',
  }),
  ...pageQuery,
});

const organizerSchema = z.object({ slug: z.string(), name: z.string() });
export const eventStatus = z.enum(['draft', 'published', 'cancelled']);
export const sales = z.enum(['open', 'closed']);

const english = z.string().nullable().openapi({ description: 'The same in English; null if there is none.' });

const listedEventSchema = z
  .object({
    id: eventIdSchema,
    slug: slugSchema,
    name: z.string(),
    nameEn: english,
    summary: z.string(),
    summaryEn: english,
    category: z.string(),
    city: z.string(),
    venue: z.string(),
    timeZone: z.string(),
    startsAt: timeSchema,
    endsAt: timeSchema,
    status: eventStatus,
    isPostponed: z
      .boolean()
      .openapi({ description: 'The event has no date: its times are those from before the postponement.' }),
    // `nullable()` would make it an object that is both an amount and null.
    priceFrom: z.union([moneySchema, z.null()]),
    organizer: organizerSchema,
    picture: z
      .object({
        path: z.string().openapi({ example: '/pictures/4f0c…' }),
        alt: z
          .string()
          .openapi({ description: 'Description for people who cannot see it; empty for a decorative picture.' }),
      })
      .nullable()
      .openapi({
        description:
          'Files are at `path` + `/small`, `/medium`, `/large` + `.avif` or `.jpg` (480x300, 960x600, 1600x1000 pixels), and `/share.jpg` (1200x630). They never change.',
      }),
  })
  .openapi('ListedEvent');
export const listingSchema = listOf(listedEventSchema).openapi('Listing');

export const publicEventSchema = listedEventSchema
  .extend({
    description: z.string(),
    descriptionEn: english,
    address: z.string(),
    currency: z.enum(currencies),
    country: z.string().openapi({ description: 'ISO 3166-1, two letters.', example: 'ID' }),
    doorsOpenAt: timeSchema,
    sales,
    ticketsPerOrderMax: z.int(),
    ticketsPerBuyerMax: z.int().nullable(),
    feePerTicket: moneySchema,
    refundableUntilHours: z.int().nullable(),
    transfersAllowed: z.boolean().openapi({ description: 'Buyers may give their tickets to others.' }),
    hasWaitingList: z.boolean().openapi({ description: 'People can wait for places of sold-out categories.' }),
    detailsUntilHours: z.int().openapi({
      description: 'Hours before the doors open until which buyers can give names of holders and answers.',
    }),
  })
  .openapi('Event');

export const scheduleItemSchema = z
  .object({
    id: plainIdSchema,
    title: z.string(),
    titleEn: english,
    stage: z.string(),
    stageEn: english,
    description: z.string(),
    descriptionEn: english,
    startsAt: timeSchema,
    endsAt: timeSchema,
  })
  .openapi('ScheduleItem');
export const scheduleSchema = listOf(scheduleItemSchema).openapi('Schedule');

export const publicTicketCategorySchema = z
  .object({
    id: plainIdSchema,
    name: z.string(),
    nameEn: english,
    description: z.string(),
    descriptionEn: english,
    price: moneySchema,
    saleOpensAt: timeSchema,
    saleClosesAt: timeSchema,
    saleState: z.enum(['upcoming', 'open', 'closed']),
    perOrderMin: z.int(),
    perOrderMax: z.int(),
    perBuyerMax: z.int().nullable(),
    hasHolderNames: z.boolean().openapi({
      description: 'Each ticket carries the name of its holder, which the buyer gives after paying.',
    }),
  })
  .openapi('TicketCategory');
export const publicTicketCategoriesSchema = listOf(publicTicketCategorySchema).openapi('TicketCategories');

export const availabilitySchema = listOf(
  z.object({ ticketCategoryId: plainIdSchema, band: z.enum(availabilityBands) }),
).openapi('Availability');

export type ListingQuery = z.output<typeof listingQuery>;
