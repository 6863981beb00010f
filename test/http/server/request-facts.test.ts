import { randomUUID } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../../src/access/credentials/create-api-key.ts';
import { keyScopes } from '../../../src/access/credentials/key-scopes.ts';
import { accessRoutes } from '../../../src/access/routes.ts';
import { createApp } from '../../../src/app.ts';
import type { AppEnv } from '../../../src/http/contract/router.ts';
import { requestContext } from '../../../src/http/request-context.ts';
import { createLog } from '../../../src/platform/log.ts';
import { type KeptTrace, setTraceSink } from '../../../src/platform/tracing/trace.ts';
import {
  type AccessWorld,
  type OrganizerWorld,
  anOrganizer,
  openAccessWorld,
} from '../../../testkit/access/access-world.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/**
 * Guards the data that operators and staff get about a request: the ids in its log line and trace, and how its time was spent.
 */

describe('a log line', () => {
  type Line = Record<string, unknown>;
  let api: TestService;
  let event: TestEvent;
  let app: ReturnType<typeof createApp>;
  const lines: Line[] = [];
  const kept: KeptTrace[] = [];

  beforeAll(async () => {
    api = await startTestService();
    event = await createEvent(api.service.db);
    const captured = { info: (line: Line) => lines.push(line), warn: () => {}, error: () => {} };
    app = createApp({ ...api.service, log: { ...api.service.log, ...captured } });
  });
  afterEach(() => {
    setTraceSink(undefined);
    lines.length = 0;
    kept.length = 0;
  });
  afterAll(() => api?.close());

  const place = async () => {
    const response = await app.fetch(
      new Request('http://localhost/v1/orders', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: JSON.stringify({
          eventSlug: event.slug,
          buyer: someBuyer(),
          lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }],
        }),
      }),
    );
    expect(response.status).toBe(201);
    return { response, order: (await response.json()) as { id: string; accessToken: string } };
  };

  test('names request, order and event, also of an order that was just made', async () => {
    const { response, order } = await place();
    const requestId = response.headers.get('x-request-id');
    expect(lines.at(-1)).toMatchObject({ requestId, route: '/v1/orders', order: order.id, event: event.id });
    expect(lines.at(-1)?.['traceId']).toBeUndefined();
    await app.fetch(
      new Request(`http://localhost/v1/orders/${order.id}`, {
        headers: { authorization: `Bearer ${order.accessToken}` },
      }),
    );
    expect(lines.at(-1)).toMatchObject({ route: '/v1/orders/{id}', status: 200, order: order.id, event: event.id });
  });

  test('names the trace while tracing is on; the trace names the request', async () => {
    setTraceSink({ sampleRatio: 1, slowMs: 60_000, keep: (trace) => kept.push(trace) });
    const { response, order } = await place();
    const trace = kept.find(({ spans }) => spans[0]?.name === 'POST /v1/orders');
    expect(lines.at(-1)).toMatchObject({ traceId: trace?.traceId, order: order.id });
    expect(trace?.spans[0]?.attributes).toMatchObject({
      'antre.request_id': response.headers.get('x-request-id'),
      'antre.order_id': order.id,
    });
    expect(trace?.spans.map(({ name }) => name)).toContain('commit orders');
  });

  test('contains nothing from an address that is not an id of ours', async () => {
    await app.fetch(new Request('http://localhost/v1/orders/budi@example.com'));
    expect(JSON.stringify(lines)).not.toContain('budi');
  });
});

describe('Server-Timing', () => {
  let world: AccessWorld;
  let organizer: OrganizerWorld;
  beforeAll(async () => {
    world = await openAccessWorld();
    organizer = await anOrganizer(world);
  });
  afterAll(() => world?.close());

  const ask = async (credential: string) => {
    const app = new OpenAPIHono<AppEnv>();
    app.use(requestContext(createLog({ level: 'silent', process: 'test' })));
    app.route('/', accessRoutes({ ...world.deps, networkOf: () => '203.0.113.0/24' }));
    const response = await app.request(`/v1/organizers/${organizer.slug}/staff`, {
      headers: { authorization: `Bearer ${credential}` },
    });
    expect(response.status).toBe(200);
    return response.headers.get('server-timing');
  };

  test('shows staff the time of their request and of its calls to Postgres', async () => {
    const told = await ask(organizer.owner);
    expect(told).toMatch(/^total;dur=[\d.]+, sql;dur=[\d.]+;desc="[1-9]\d* calls"$/);
    const [total = 0, sql = 0] = [...(told ?? '').matchAll(/dur=([\d.]+)/g)].map(([, ms]) => Number(ms));
    expect(sql).toBeGreaterThan(0);
    expect(total).toBeGreaterThan(0);
  });

  test('shows programs nothing', async () => {
    const actor = await world.deps.actors.of(organizer.owner);
    if (actor === undefined) throw new Error('the owner is signed in');
    const { key } = await createApiKey(world.deps, { actor, name: 'Program', role: 'manager', scopes: keyScopes });
    expect(await ask(key)).toBeNull();
  });
});
