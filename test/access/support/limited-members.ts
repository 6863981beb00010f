import { sql } from 'drizzle-orm';
import { afterAll } from 'vitest';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { deskPassword, openDeskWorld } from '../../../testkit/web/desk-world.ts';

type Routes = { paths: Record<string, Record<string, unknown>> };

/** An organizer with two events, and an owner, a manager and door staff of the first one, by their session tokens. */
export async function useLimitedMembers() {
  const world = await openDeskWorld({ REQUESTS_PER_MINUTE_PER_NETWORK: '1000000' });
  afterAll(() => world.close());
  const { db } = world.running.service;
  const { organizer } = world;
  const own = await createEvent(db, { organizer });
  const other = await createEvent(db, { organizer });

  async function call(as: string | undefined, method: string, path: string, body?: unknown) {
    const response = await world.running.fetch(path, {
      method,
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, body: isJson ? JSON.parse(text) : {} };
  }
  async function limited(role: 'manager' | 'door', eventId: string): Promise<string> {
    const email = await world.addMember(role);
    await db.execute(sql`update staff set event_ids = array[${eventId}] where email = ${email}`);
    return email;
  }
  async function tokenOf(email: string): Promise<string> {
    const { body } = await call(undefined, 'POST', '/v1/sessions', { email, password: deskPassword });
    return body.accessToken;
  }
  const owner = await tokenOf(await world.addMember('owner'));
  const staffPath = `/v1/organizers/${organizer.slug}/staff`;

  return {
    world,
    own,
    other,
    owner,
    manager: await tokenOf(await limited('manager', own.id)),
    door: await tokenOf(await limited('door', own.id)),
    call,
    limited,
    tokenOf,
    /** Door staff of both events who is the manager of the own one. */
    manages: async (): Promise<string> => {
      const email = await world.addMember('door');
      await db.execute(sql`
        update staff set event_ids = array[${own.id}, ${other.id}], manager_event_ids = array[${own.id}] where email = ${email}`);
      return email;
    },
    staffPath,
    memberOf: async (email: string): Promise<{ readonly id: string }> => {
      const { body } = await call(owner, 'GET', `${staffPath}?limit=200`);
      return body.data.find((one: { email: string }) => one.email === email);
    },
    organizerRoutes: async () => {
      const { body } = await call(undefined, 'GET', '/openapi.json');
      return Object.entries((body as Routes).paths)
        .filter(([template]) => template.startsWith('/v1/organizers/{slug}/'))
        .flatMap(([template, operations]) =>
          Object.keys(operations)
            .filter((method) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
            .map((name) => ({ route: `${name.toUpperCase()} ${template}`, method: name.toUpperCase(), template })),
        );
    },
    addressOf: (template: string, event: TestEvent): string =>
      template
        .replace('{slug}', organizer.slug)
        .replace('{eventId}', event.id)
        .replace('{orderId}', `ord_${event.id.slice(4)}${'7'.repeat(20)}`)
        .replaceAll(/\{\w+\}/g, 'malformed'),
  };
}

/** These limit their answer by themselves. A new route without an event in its address is closed to limited members, unless listed here. */
export const limitedInside = [
  'GET /v1/organizers/{slug}/events',
  'POST /v1/organizers/{slug}/order-searches',
  'POST /v1/organizers/{slug}/devices',
  'GET /v1/organizers/{slug}/devices',
  'DELETE /v1/organizers/{slug}/devices/{deviceId}',
];
