import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiDocument } from '../../../src/http/contract/api-docs.ts';
import { registry } from '../../../src/platform/metrics.ts';
import { problems } from '../../../src/problems.ts';
import { type TestEvent, createEvent, sessionTokenOf, signedInOwner, someBuyer } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';
import { type Odd, type Operation, type Parameter, coreOf, oddOf } from '../support/odd-values.ts';
import { beside } from '../support/operations-beside.ts';
import { type Components, type Schema, sampleOf, withAt } from '../support/sample-of-schema.ts';

/**
 * Guards that bad input is the client's fault wherever it enters: odd values in every path parameter, query parameter,
 * header and body field of every operation get a problem document with a code, and never one of 500 or more. The
 * operations come from the published contract, so a new one is tried as soon as it is there.
 */

type World = {
  readonly event: TestEvent;
  readonly staff: string;
  readonly order: { readonly id: string; readonly accessToken: string };
};

let api: TestService;
let operations: readonly Operation[];
let tried = 0;

beforeAll(async () => {
  api = await startTestService({
    TRUSTED_PROXIES: '127.0.0.0/8',
    REQUESTS_PER_MINUTE_PER_NETWORK: '10000000',
    ORDERS_PER_MINUTE_PER_NETWORK: '10000000',
    SIGN_INS_PER_MINUTE_PER_NETWORK: '100000',
    // Refusals because of a busy machine are not the subject here.
    DATABASE_CALL_TIMEOUT_MS: '30000',
    DATABASE_ACQUIRE_TIMEOUT_MS: '20000',
  });
  operations = [...operationsOf(), ...beside];
});
afterAll(() => api?.close());

function operationsOf(): Operation[] {
  const document = openApiDocument(api.routes, 'http://localhost');
  const components = (document.components?.schemas ?? {}) as Components;
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method) => {
      const operation = item[method] as
        | { parameters?: Parameter[]; requestBody?: { content?: Record<string, { schema?: Schema }> } }
        | undefined;
      if (operation === undefined) return [];
      const schema = operation.requestBody?.content?.['application/json']?.schema;
      return [
        {
          method: method.toUpperCase(),
          path,
          parameters: operation.parameters ?? [],
          body: schema === undefined ? undefined : sampleOf(schema, components, known),
        },
      ];
    }),
  );
}

/** Fields whose form a sample cannot guess. Names of existing objects are filled in once these exist. */
const known: Readonly<Record<string, unknown>> = {
  phone: '081234567890',
  email: 'ayu@example.test',
  slug: 'a-new-event',
  timezone: 'Asia/Jakarta',
  locale: 'id',
  amount: 150_000,
  currency: 'IDR',
  eventId: '{eventId}',
  eventSlug: '{eventSlug}',
  ticketCategoryId: '{ticketCategoryId}',
  poolId: '{poolId}',
};

/**
 * A published event, its owner signed in, and an order: new for each operation, because many operations end their
 * object.
 */
async function makeWorld(): Promise<World> {
  const { db, config } = api.service;
  const event = await createEvent(db);
  const placed = await ask('POST', '/v1/orders', {
    headers: { 'idempotency-key': randomUUID() },
    body: JSON.stringify({
      eventSlug: event.slug,
      buyer: someBuyer(),
      lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }],
    }),
  });
  expect(placed.status).toBe(201);
  return {
    event,
    staff: await sessionTokenOf(config, await signedInOwner(db, event.organizer)),
    order: (await placed.json()) as World['order'],
  };
}

const refusalsMax = 10;

/** Asks again when the service is overloaded, as it may be on a busy machine. */
async function ask(...request: Parameters<typeof askOnce>): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const response = await askOnce(...request);
    if (response.status !== 503 || tries === refusalsMax) return response;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

const askOnce = (method: string, path: string, given: { headers?: Record<string, string>; body?: string }) => {
  tried += 1;
  // Each from a network of its own, so that no limit interferes.
  const address = `10.${(tried >> 16) & 255}.${(tried >> 8) & 255}.${tried & 255}`;
  return api.fetch(path, {
    method,
    headers: {
      'x-forwarded-for': `${address}:4711`,
      ...(given.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...given.headers,
    },
    ...(given.body === undefined ? {} : { body: given.body }),
  });
};

function requestOf(world: World, operation: Operation, odd: Odd) {
  const { event, order, staff } = world;
  const isOfOrder = operation.path.startsWith('/v1/orders/{');
  const values: Record<string, string> = {
    slug: operation.path.startsWith('/v1/organizers/') ? event.organizer.slug : event.slug,
    organizerSlug: event.organizer.slug,
    id: isOfOrder ? order.id : event.id,
    eventId: event.id,
    orderId: order.id,
    ticketCategoryId: event.categories[0]?.id ?? '',
    categoryId: event.categories[0]?.id ?? '',
    poolId: event.categories[0]?.poolId ?? '',
    eventSlug: event.slug,
  };
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    odd.in === 'path' && odd.name === name ? odd.text : (values[name] ?? '1'),
  );
  const query = odd.in === 'query' ? `?${odd.name}=${odd.text}` : '';
  const body = odd.in === 'body' ? withAt(operation.body, odd.place, odd.value) : operation.body;
  const text = JSON.stringify(body)?.replaceAll(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all);
  return {
    path: `${path}${query}`,
    headers: {
      authorization: `Bearer ${isOfOrder ? order.accessToken : staff}`,
      'idempotency-key': randomUUID(),
      ...(odd.in === 'header' ? { [odd.name]: odd.text } : {}),
    },
    ...(text === undefined || operation.method === 'GET' ? {} : { body: text }),
  };
}

/** Values that only Postgres refused: the last defence holds, but an earlier check is missing. */
async function dataFaults() {
  return (await registry.getSingleMetric('antre_http_data_faults_total')?.get())?.values ?? [];
}

/** Tries of each operation: enough for each of its parts to be tried with several values in each run. */
const triesPerOperation = 40;
/** Operations at the same time, each in a world of its own. */
const lanes = 4;

describe('odd values', () => {
  test('get a problem with a code from every operation, wherever they are in a request', async () => {
    const faults = new Map<string, unknown>();
    const reached = new Set<Operation>();
    const tryAll = async (operation: Operation) => {
      const world = await makeWorld();
      const tries = operation.body === undefined ? triesPerOperation : 2 * triesPerOperation;
      for (const odd of [...coreOf(operation), ...fc.sample(oddOf(operation), tries)]) {
        const { path, ...given } = requestOf(world, operation, odd);
        const response = await ask(operation.method, path, given);
        const answer = await response.text();
        if (response.status < 400) {
          reached.add(operation);
          continue;
        }
        const code: unknown = response.headers.get('content-type')?.startsWith('application/problem+json')
          ? (JSON.parse(answer) as { code?: unknown }).code
          : undefined;
        if (response.status >= 500 || typeof code !== 'string' || !(code in problems)) {
          const where = odd.in === 'body' ? odd.place.join('.') : odd.name;
          const what = JSON.stringify(odd.in === 'body' ? odd.value : odd.text)?.slice(0, 120);
          faults.set(
            `${operation.method} ${operation.path} ${odd.in} ${where}`,
            `${what} -> ${response.status} ${answer.slice(0, 200)}`,
          );
        }
      }
    };
    const left = operations.values();
    const lane = async () => {
      for (const operation of left) await tryAll(operation);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    expect(Object.fromEntries(faults)).toEqual({});
    expect(await dataFaults()).toEqual([]);
    // Most are reached only if the odd input is one that they do not read: a request that is refused early shows nothing.
    expect(reached.size).toBeGreaterThan(40);
    expect(operations.length).toBeGreaterThan(80);
    expect(tried).toBeGreaterThan(operations.length * triesPerOperation);
  }, 600_000);
});
