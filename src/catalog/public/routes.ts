import { createRoute, z } from '@hono/zod-openapi';
import { createRouter } from '../../http/contract/router.ts';
import { problems, slugParams, textHeader } from '../../http/contract/schemas.ts';
import { typedAnswer } from '../../http/contract/typed-answer.ts';
import {
  availabilitySchema,
  listingQuery,
  listingSchema,
  publicEventSchema,
  publicTicketCategoriesSchema,
  scheduleSchema,
} from '../schemas.ts';
import { publicOrganizerSchema } from '../profile/schemas.ts';
import { calendarFiles } from './event-calendar.ts';
import type { PublicReadServer } from './serve-public-reads.ts';
import { byAnybody } from '../../http/contract/security.ts';

const tags = ['Events'];

function cached<Schema extends z.ZodType>(schema: Schema, description: string) {
  return cachedAs({ 'application/json': { schema } }, description);
}

function cachedAs<Content>(content: Content, description: string) {
  return {
    200: {
      description,
      headers: {
        'Cache-Control': textHeader,
        'CDN-Cache-Control': textHeader,
        Age: textHeader,
        'Cache-Status': textHeader,
        'Surrogate-Key': textHeader,
      },
      content,
    },
    304: { description: 'Not modified.' },
  };
}

const listEvents = createRoute({
  method: 'get',
  path: '/v1/events',
  tags,
  operationId: 'listEvents',
  security: byAnybody,
  summary: 'Published events by start',
  request: { query: listingQuery },
  responses: { ...cached(listingSchema, 'A page of events.'), ...problems(400, 429, 503) },
});
const showEvent = createRoute({
  method: 'get',
  path: '/v1/events/{slug}',
  tags,
  operationId: 'showEvent',
  security: byAnybody,
  summary: 'An event',
  request: { params: slugParams },
  responses: { ...cached(publicEventSchema, 'The event.'), ...problems(400, 404, 429, 503) },
});
const showSchedule = createRoute({
  method: 'get',
  path: '/v1/events/{slug}/schedule',
  tags,
  operationId: 'showSchedule',
  security: byAnybody,
  summary: 'The schedule of an event',
  request: { params: slugParams },
  responses: { ...cached(scheduleSchema, 'All items in the order of the day.'), ...problems(400, 404, 429, 503) },
});
const listTicketCategories = createRoute({
  method: 'get',
  path: '/v1/events/{slug}/ticket-categories',
  tags,
  operationId: 'showTicketCategories',
  security: byAnybody,
  summary: 'Ticket categories, prices and sale windows of an event',
  request: { params: slugParams },
  responses: {
    ...cached(publicTicketCategoriesSchema, 'All categories in the order of the organiser.'),
    ...problems(400, 404, 429, 503),
  },
});
const showAvailability = createRoute({
  method: 'get',
  path: '/v1/events/{slug}/availability',
  tags,
  operationId: 'showAvailability',
  security: byAnybody,
  summary: 'Availability, in bands',
  description: 'At most one second old. Only an order decides.',
  request: { params: slugParams },
  responses: { ...cached(availabilitySchema, 'One band for each ticket category.'), ...problems(400, 404, 429, 503) },
});

const showOrganizer = createRoute({
  method: 'get',
  path: '/v1/events/{slug}/organizer',
  tags,
  operationId: 'showOrganizer',
  security: byAnybody,
  summary: 'The seller of an event: contact, privacy notice and terms',
  request: { params: slugParams },
  responses: { ...cached(publicOrganizerSchema, 'The organiser of the event.'), ...problems(400, 404, 429, 503) },
});

const exportCalendar = createRoute({
  method: 'get',
  path: '/v1/events/{slug}/calendar/{file}',
  tags,
  operationId: 'exportEventCalendar',
  security: byAnybody,
  summary: 'An event, or the opening of its sale, as a calendar entry',
  description:
    'The sale that opens next; without one, the first sale of all; with a waiting room before its draw, the time in which places join the draw. The UID stays and the sequence rises with each change of the event, so importing the file again moves the entry. Entries of orders have a UID of their own.',
  request: { params: slugParams.extend({ file: z.enum(calendarFiles) }) },
  responses: {
    ...cachedAs({ 'text/calendar': { schema: z.string() } }, 'An iCalendar file.'),
    ...problems(400, 404, 429, 503),
  },
});

/** The documented routes of the public reads. Requests that memory can answer do not get here. */
export function publicRoutes(server: PublicReadServer) {
  return createRouter()
    .openapi(listEvents, async (c) => typedAnswer(await server.answerListing(c.req.raw, c.req.valid('query'))))
    .openapi(showEvent, async (c) =>
      typedAnswer(await server.answer(c.req.raw, (reads) => reads.event(c.req.valid('param').slug))),
    )
    .openapi(showSchedule, async (c) =>
      typedAnswer(await server.answer(c.req.raw, (reads) => reads.schedule(c.req.valid('param').slug))),
    )
    .openapi(listTicketCategories, async (c) =>
      typedAnswer(await server.answer(c.req.raw, (reads) => reads.ticketCategories(c.req.valid('param').slug))),
    )
    .openapi(showOrganizer, async (c) =>
      typedAnswer(await server.answer(c.req.raw, (reads) => reads.organizer(c.req.valid('param').slug))),
    )
    .openapi(exportCalendar, (c) => {
      const { slug, file } = c.req.valid('param');
      return server.answer(c.req.raw, (reads) => reads.calendar(slug, file));
    })
    .openapi(showAvailability, async (c) =>
      typedAnswer(await server.answer(c.req.raw, (reads) => reads.availability(c.req.valid('param').slug))),
    );
}
