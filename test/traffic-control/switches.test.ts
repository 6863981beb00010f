import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../../src/platform/database/db.ts';
import { createLog } from '../../src/platform/log.ts';
import { createSwitches } from '../../src/traffic-control/index.ts';
import { createApiKey } from '../../src/access/credentials/create-api-key.ts';
import { keyScopes } from '../../src/access/credentials/key-scopes.ts';
import { type SwitchName, switchNames } from '../../src/traffic-control/switches/tables.ts';
import { type SwitchTurn, turnSwitch } from '../../src/traffic-control/switches/turn-switch.ts';
import { operatorRoutes } from '../../src/operator-routes.ts';
import { findSwitchableEvent } from '../../src/switches.ts';
import { operationsToken } from '../../testkit/processes/api-process.ts';
import { type TestEvent, createEvent, signedInOwner, someBuyer } from '../../testkit/factories.ts';
import { openTestDb, order, placingDeps, tally } from '../../testkit/orders/placing.ts';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';

/** Guards promise 5: a switch refuses the requests that it names, and its person and reason are recorded. */

let api: TestService;
beforeAll(async () => {
  api = await startTestService({ OPERATIONS_TOKEN: operationsToken });
});
afterAll(() => api.close());

const turnedOn: SwitchTurn[] = [];
const turn = async (name: SwitchName, on: boolean, event?: TestEvent, until?: Date) => {
  const given = { name, on, event: event?.slug, reason: 'a test', by: 'the tests', until };
  if (on) turnedOn.push(given);
  await turnSwitch({ db: api.service.db, findSwitchableEvent }, given);
  await api.service.switches.refresh();
};
afterEach(async () => {
  for (const given of turnedOn.splice(0))
    await turnSwitch({ db: api.service.db, findSwitchableEvent }, { ...given, on: false });
  await api.service.switches.refresh();
});

const place = (event: TestEvent, key: string = randomUUID()) =>
  api.fetch('/v1/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({
      eventSlug: event.slug,
      buyer,
      lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }],
    }),
  });
const buyer = someBuyer();
const codeOf = async (response: Response) => ((await response.json()) as { code?: string }).code;

describe('closed sales', () => {
  it('refuse new orders of that event and no other; a retry finds its order', async () => {
    const event = await createEvent(api.service.db);
    const other = await createEvent(api.service.db);
    const key = randomUUID();
    expect((await place(event, key)).status).toBe(201);
    await turn('close_sales', true, event);
    const refused = await place(event);
    expect([refused.status, await codeOf(refused)]).toEqual([409, 'sale.not_open']);
    const replay = await place(event, key);
    expect([replay.status, replay.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect((await place(other)).status).toBe(201);
    await turn('close_sales', false, event);
    expect((await place(event)).status).toBe(201);
  });

  it('of all events refuse new orders everywhere', async () => {
    const event = await createEvent(api.service.db);
    await turn('close_sales', true);
    expect((await place(event)).status).toBe(409);
  });

  it('refuse orders that already wait in the lane, except retries of placed orders', async () => {
    const open = openTestDb(api.service.config.DATABASE_URL);
    let closed = false;
    // As if the switch had come between the first look and the flush: early nothing is refused.
    const deps = placingDeps(open);
    const stopped = placingDeps(open, { switchedOff: () => (closed ? (new Error('closed') as never) : undefined) });
    const event = await createEvent(open.db);
    const key = randomUUID();
    await order(deps, event, { key, buyer });
    closed = true;
    const late = { ...deps, placement: stopped.placement };
    const [first] = event.categories;
    const lines = [{ ticketCategoryId: first?.id ?? '', quantity: 1 }];
    const counts = await tally([
      ...Array.from({ length: 20 }, () => order(late, event, { lines })),
      order(late, event, { key, buyer }),
    ]);
    expect(counts).toEqual({ 'sale.not_open': 20, placed: 1 });
    await open.close();
  });
});

describe('browse only', () => {
  it('refuses all writes except callbacks, paying and the door, with a varying Retry-After', async () => {
    const event = await createEvent(api.service.db);
    const placed = (await (await place(event)).json()) as { id: string; accessToken: string };
    await turn('browse_only', true);
    const refused = await place(event);
    expect([refused.status, await codeOf(refused)]).toEqual([503, 'traffic.browse_only']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(20);
    expect((await api.fetch('/v1/sessions', { method: 'POST' })).status).toBe(503);
    expect((await api.fetch('/v1/organizers/any/events', { method: 'POST' })).status).toBe(503);
    const authorization = `Bearer ${placed.accessToken}`;
    expect((await api.fetch(`/v1/orders/${placed.id}`, { headers: { authorization } })).status).toBe(200);
    const cancelled = await api.fetch(`/v1/orders/${placed.id}/cancellation`, {
      method: 'POST',
      headers: { authorization },
    });
    expect(cancelled.ok).toBe(true);
    const owner = await signedInOwner(api.service.db, event.organizer);
    const { key } = await createApiKey(api.service, { actor: owner, name: 'door', role: 'door', scopes: keyScopes });
    const door = await api.fetch('/v1/check-ins', { method: 'POST', headers: { authorization: `Bearer ${key}` } });
    expect(door.status).not.toBe(503);
    expect((await api.fetch('/v1/callbacks/midtrans/any', { method: 'POST', body: '{}' })).status).not.toBe(503);
    expect((await api.fetch(`/v1/events/${event.slug}`)).status).toBe(200);
  });

  it('of one event leaves the others alone', async () => {
    const event = await createEvent(api.service.db);
    const other = await createEvent(api.service.db);
    await turn('browse_only', true, event);
    const refused = await place(event);
    expect([refused.status, await codeOf(refused)]).toEqual([503, 'traffic.browse_only']);
    expect((await place(other)).status).toBe(201);
    const path = (of: string) => `/v1/organizers/${event.organizer.slug}/events/${of}/sales`;
    expect((await api.fetch(path(event.id), { method: 'PUT' })).status).toBe(503);
    expect((await api.fetch(path(other.id), { method: 'PUT' })).status).toBe(401);
    const join = (slug: string) => api.service.switches.refusalFor(3, 'POST', `/v1/events/${slug}/queue/places`);
    expect(join(event.slug)).toBeDefined();
    expect(join(`${event.slug}-2`)).toBeUndefined();
  });
});

describe('classes', () => {
  it('are dropped by name', async () => {
    const list = () => api.fetch('/v1/organizers/any/orders');
    expect((await list()).status).toBeLessThan(500);
    await turn('drop_class_5', true);
    expect([(await list()).status, await codeOf(await list())]).toEqual([503, 'traffic.switched_off']);
    await turn('drop_listings', true);
    expect((await api.fetch('/v1/events?q=never-asked-before')).status).toBe(503);
  });
});

describe('a switch', () => {
  it('turns off by itself at its time', async () => {
    await turn('drop_class_5', true, undefined, new Date(Date.now() + 1500));
    expect(api.service.switches.isOn('drop_class_5')).toBe(true);
    await expect.poll(() => api.service.switches.isOn('drop_class_5'), { timeout: 5000 }).toBe(false);
  });

  it('is known to a new process, and stays on in a process that has lost Postgres', async () => {
    const event = await createEvent(api.service.db);
    await turn('close_sales', true, event);
    const open = openTestDb(api.service.config.DATABASE_URL, 1);
    let isAway = false;
    const db = new Proxy(open.db, {
      get: (target, name) => (isAway ? () => Promise.reject(new Error('away')) : Reflect.get(target, name)),
    });
    const started = createSwitches({ db, log: createLog({ level: 'silent', process: 'test' }) });
    await started.refresh();
    isAway = true;
    await expect(started.refresh()).rejects.toThrow('away');
    expect(started.isOn('close_sales', event.id)).toBe(true);
    expect(started.isOn('close_sales', 'evt_00000000')).toBe(false);
    started.close();
    await open.close();
  });

  it('records who and why in a table that only grows, and in the organiser’s audit log', async () => {
    const event = await createEvent(api.service.db);
    await turn('close_sales', true, event);
    await turn('close_sales', false, event);
    const { db } = api.service;
    const turns = await rowsOf(
      db,
      sql`select name, is_on, reason, turned_by from switch_turns where event_id = ${event.id} order by id`,
    );
    const common = { name: 'close_sales', reason: 'a test', turned_by: 'the tests' };
    expect(turns).toEqual([
      { ...common, is_on: true },
      { ...common, is_on: false },
    ]);
    await expect(db.execute(sql`delete from switch_turns`)).rejects.toThrow();
    await expect(db.execute(sql`update switch_turns set reason = 'another'`)).rejects.toThrow();
    const audited = await rowsOf(
      db,
      sql`select actor_kind, act from audit_log where subject_id = ${event.id} order by id`,
    );
    expect(audited).toEqual([
      { actor_kind: 'operator', act: 'event.switched_on' },
      { actor_kind: 'operator', act: 'event.switched_off' },
    ]);
  });
});

describe('the operations port', () => {
  const routes = () => operatorRoutes(api.service);
  const put = async (name: string, body: unknown, token = operationsToken) =>
    routes()?.request(`/switches/${name}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const said = { on: true, reason: 'a test', by: 'the tests' };

  it('lists and turns switches for clients with the token', async () => {
    expect((await put('drop_class_5', said, 'wrong'))?.status).toBe(401);
    expect((await routes()?.request('/switches'))?.status).toBe(401);
    const answer = await put('drop_class_5', said);
    expect(answer?.status).toBe(200);
    const data = ((await answer?.json()) as { data?: { name: string; on: boolean }[] } | undefined)?.data ?? [];
    expect(data.map(({ name }) => name)).toEqual(switchNames);
    expect(data.find(({ name }) => name === 'drop_class_5')).toMatchObject({ on: true, turned: [{ by: 'the tests' }] });
    expect(api.service.switches.isOn('drop_class_5')).toBe(true);
    await put('drop_class_5', { ...said, on: false });
    expect(api.service.switches.isOn('drop_class_5')).toBe(false);
  });

  it.each([
    ['no_such_switch', said, 404, 'switch.unknown'],
    ['drop_class_5', { ...said, event: 'an-event' }, 400, 'switch.scope'],
    ['waiting_room', said, 400, 'switch.scope'],
    ['close_sales', { ...said, event: 'nobody-knows-it' }, 404, 'event.not_found'],
    ['close_sales', { on: true, by: 'me' }, 400, 'request.invalid'],
    ['close_sales', { on: true, reason: 'why' }, 400, 'request.invalid'],
  ])('refuses %s %j with %i %s', async (name, body, status, code) => {
    const answer = await put(name, body);
    expect([answer?.status, await answer?.json()]).toMatchObject([status, { code }]);
  });

  it('turns a waiting room on only where one is planned', async () => {
    const { db } = api.service;
    const event = await createEvent(db);
    const answer = await put('waiting_room', { ...said, event: event.slug });
    expect(answer?.status).toBe(409);
    await db.execute(sql`
      insert into waiting_rooms (event_id, organizer_id, pre_queue_opens_at, freezes_at, opens_at, challenge_difficulty, rate_max, turn_seconds, pass_seconds)
      values (${event.id}, ${event.organizer.id}, now() + interval '1 hour', now() + interval '2 hours', now() + interval '3 hours', 0, 10, 600, 600)`);
    await turn('waiting_room', true, event);
    expect(api.service.switches.isOn('waiting_room', event.id)).toBe(true);
  });
});
