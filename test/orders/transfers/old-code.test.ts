import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ticketAccessToken } from '../../../src/access/buyers/ticket-token.ts';
import { newCredential } from '../../../src/access/credentials/credential.ts';
import { newId } from '../../../src/platform/ids.ts';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/** Guards that the door knows at once which code of a ticket is the present one. */

let api: TestService;
beforeAll(async () => {
  api = await startTestService();
});
afterAll(() => api?.close());

const atOnceMs = 1000;

async function call(method: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await api.fetch(path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
}

test('the code of a ticket that was given on opens no door a second later, and the new one does', async () => {
  const { db, config } = api.service;
  const doorsOpenAt = new Date(Date.now() - 3_600_000);
  const event = await createEvent(db, { event: { doorsOpenAt }, categories: [{ price: 0 }] });
  const { text, hash } = newCredential('device', config);
  await db.execute(sql`
    insert into devices (id, organizer_id, event_id, name, token_hash, created_by, responsible_id)
    values (${newId('dev')}, ${event.organizer.id}, ${event.id}, 'test', ${hash}, 'test', 'test')`);
  const door = { authorization: `Bearer ${text}` };
  const scan = async (code: unknown) =>
    (await call('POST', '/v1/check-ins', { eventId: event.id, code, scanId: newId('req') }, door)).body['result'];

  const lines = [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }];
  const placed = await call(
    'POST',
    '/v1/orders',
    { eventSlug: event.slug, buyer: someBuyer(), lines },
    { 'idempotency-key': randomUUID() },
  );
  const buyer = { authorization: `Bearer ${String(placed.body['accessToken'])}` };
  const path = `/v1/orders/${String(placed.body['id'])}`;
  const { data } = (await call('GET', `${path}/tickets`, undefined, buyer)).body as {
    data: { id: string; code: string }[];
  };
  const [ticket] = data;
  const ticketId = ticket?.id ?? '';
  const holder = { name: 'Budi Santoso', email: someBuyer().email };
  expect((await call('POST', `${path}/transfers`, { ticketId, holder }, buyer)).status).toBe(204);

  const givenAt = performance.now();
  expect(await scan(ticket?.code)).toBe('invalid');
  expect(performance.now() - givenAt).toBeLessThan(atOnceMs);
  const link = { authorization: `Bearer ${ticketAccessToken(config.ORDER_TOKEN_SECRET, ticketId, 1)}` };
  const held = (await call('GET', `/v1/tickets/${ticketId}`, undefined, link)).body as { code: { code: string } };
  expect(held.code.code).not.toBe(ticket?.code);
  expect(await scan(held.code.code)).toBe('admitted');
});
