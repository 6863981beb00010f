import { expect, test } from 'vitest';
import { useTestDb } from '../../testkit/services/use-test-db.ts';
import { openDesk } from '../../testkit/orders/order-desk.ts';

const { open } = await useTestDb();

test('the published contract names every route of the room, who may call it, and how it refuses', () => {
  const { paths } = openDesk(open).app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'antre', version: '1' },
  });
  const operations = Object.entries(paths ?? {}).flatMap(([path, item]) =>
    (['get', 'post', 'patch'] as const).flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ name: `${method.toUpperCase()} ${path}`, operation }];
    }),
  );
  const organizer = '/v1/organizers/{slug}';
  expect(operations.map(({ name }) => name).toSorted()).toEqual(
    [
      'POST /v1/orders/lookups',
      'GET /v1/orders/{id}',
      'POST /v1/orders/{id}/cancellation',
      'POST /v1/orders/{id}/session',
      'GET /v1/orders/{id}/tickets',
      'GET /v1/orders/{id}/tickets/{ticketId}/pass.pkpass',
      'GET /v1/orders/{id}/tickets/{ticketId}/google-wallet',
      'GET /v1/tickets/{ticketId}/pass.pkpass',
      'GET /v1/tickets/{ticketId}/google-wallet',
      'POST /v1/events/{slug}/waiting-list',
      'GET /v1/waiting-list/{entryId}',
      'POST /v1/waiting-list/{entryId}/confirmation',
      'POST /v1/waiting-list/{entryId}/departure',
      `GET ${organizer}/events/{eventId}/waiting-list`,
      'GET /v1/orders/{id}/transfers',
      'POST /v1/orders/{id}/transfers',
      'GET /v1/tickets/{ticketId}',
      'GET /v1/tickets/{ticketId}/ticket.pdf',
      'GET /v1/tickets/{ticketId}/calendar.ics',
      'POST /v1/tickets/{ticketId}/transfers',
      'GET /v1/orders/{id}/details',
      'PATCH /v1/orders/{id}/details',
      'GET /v1/orders/{id}/tickets/{ticketId}/qr.svg',
      'GET /v1/orders/{id}/tickets.pdf',
      'GET /v1/orders/{id}/calendar.ics',
      `GET ${organizer}/events/{eventId}/orders`,
      `GET ${organizer}/events/{eventId}/sales`,
      `POST ${organizer}/events/{eventId}/complimentary-orders`,
      `POST ${organizer}/order-searches`,
      `POST ${organizer}/orders/{orderId}/notes`,
      `GET ${organizer}/orders/{orderId}`,
      `POST ${organizer}/orders/{orderId}/cancellation`,
      `PATCH ${organizer}/orders/{orderId}/buyer`,
      `PATCH ${organizer}/orders/{orderId}/tickets/{ticketId}`,
      `GET ${organizer}/events/{eventId}/pools`,
      `POST ${organizer}/events/{eventId}/pools`,
      `PATCH ${organizer}/events/{eventId}/pools/{poolId}`,
      `GET ${organizer}/events/{eventId}/questions`,
      `POST ${organizer}/events/{eventId}/questions`,
      `PATCH ${organizer}/events/{eventId}/questions/{questionId}`,
      `GET ${organizer}/events/{eventId}/promo-codes`,
      `POST ${organizer}/events/{eventId}/promo-codes`,
      `POST ${organizer}/events/{eventId}/promo-codes/copies`,
      `PATCH ${organizer}/events/{eventId}/promo-codes/{promoCodeId}`,
    ].toSorted(),
  );
  for (const { name, operation } of operations) {
    expect(operation.summary, name).toBeTruthy();
    const statuses = Object.keys(operation.responses ?? {});
    expect(
      statuses.some((status) => status.startsWith('2')),
      name,
    ).toBe(true);
    expect(statuses, name).toContain('503');
    if (name !== 'POST /v1/orders/lookups') {
      expect(operation.security, name).toBeTruthy();
      expect(statuses, name).toContain('404');
    }
  }
});
