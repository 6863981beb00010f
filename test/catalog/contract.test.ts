import { OpenAPIHono } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import { useCatalog } from './support/catalogs.ts';

const { catalog } = await useCatalog();

test('the published contract has every address of the room, each with its answers', () => {
  const { app } = catalog;
  expect(app).toBeInstanceOf(OpenAPIHono);
  const { paths = {}, components } = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'antre', version: '1' },
  });
  const organizer = '/v1/organizers/{slug}/events';
  expect(Object.keys(paths).toSorted()).toEqual(
    [
      '/v1/events',
      '/v1/events/{slug}',
      '/v1/events/{slug}/availability',
      '/v1/events/{slug}/calendar/{file}',
      '/v1/events/{slug}/organizer',
      '/v1/events/{slug}/schedule',
      '/v1/events/{slug}/ticket-categories',
      organizer,
      '/v1/organizers/{slug}/profile',
      `${organizer}/{eventId}`,
      `${organizer}/{eventId}/cancellation`,
      `${organizer}/{eventId}/picture`,
      `${organizer}/{eventId}/postponement`,
      `${organizer}/{eventId}/publication`,
      `${organizer}/{eventId}/sales`,
      `${organizer}/{eventId}/schedule`,
      `${organizer}/{eventId}/schedule/{scheduleItemId}`,
      `${organizer}/{eventId}/ticket-categories`,
      `${organizer}/{eventId}/ticket-categories/{ticketCategoryId}`,
    ].toSorted(),
  );
  const listing = paths['/v1/events']?.get;
  const names = (listing?.parameters ?? []).map((parameter) => ('name' in parameter ? parameter.name : ''));
  expect(names.toSorted()).toEqual([
    'category',
    'city',
    'currency',
    'cursor',
    'from',
    'limit',
    'organizer',
    'priceMax',
    'q',
    'to',
  ]);
  expect(Object.keys(listing?.responses ?? {}).toSorted()).toEqual(['200', '304', '400', '429', '503']);
  expect(Object.keys(components?.schemas ?? {})).toEqual(
    expect.arrayContaining([
      'Event',
      'Listing',
      'TicketCategories',
      'Schedule',
      'Availability',
      'OrganizerEvent',
      'Problem',
    ]),
  );
});
