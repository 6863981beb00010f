import { readFileSync, globSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ContractOperation, type Schema, readContract } from '../../../deploy/client/contract.ts';
import { demoOrganizerSlug, demoPassword, seedAccounts } from '../../../drizzle/seed/seed-accounts.ts';
import { examples } from '../../../src/contract-examples.ts';
import { problems } from '../../../src/problems.ts';
import { pausedBytes, snapshotBytes } from '../../../src/live/stream.ts';
import { refusals } from '../../../src/refusals.ts';
import { keyScopes } from '../../../src/access/credentials/key-scopes.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/** Guards that the published contract says what the handlers do: input, credentials, refusals, names. */

const contract = readContract();
type Named = ContractOperation & { readonly method: string; readonly path: string };
const operations: readonly Named[] = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
);
const named = operations.map((operation) => [operation.operationId, operation] as const);
const resolve = (schema: Schema | undefined): Schema | undefined =>
  schema?.$ref === undefined ? schema : resolve(contract.components.schemas[schema.$ref.split('/').at(-1) ?? '']);
const bodyOf = (operation: ContractOperation) => resolve(operation.requestBody?.content?.['application/json']?.schema);

describe('each operation', () => {
  test('has a name of its own, and a row in the table of refusals', () => {
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(refusals).toSorted()).toEqual(names.toSorted());
  });

  test.each(named)('%s documents its callers, its refusals, and an example of its body', (_name, operation) => {
    expect(operation.security).toBeDefined();
    expect(operation.summary).not.toBe('');
    for (const [status, { content }] of Object.entries(operation.responses).filter(([key]) => /^[45]/.test(key))) {
      const codes = content?.['application/problem+json']?.schema.allOf?.[1]?.properties?.['code']?.enum ?? [];
      expect(codes.length).toBeGreaterThan(0);
      for (const code of codes) expect(String(problems[code as keyof typeof problems].status)).toBe(status);
    }
    if (bodyOf(operation) !== undefined) expect(examples).toHaveProperty(operation.operationId);
  });
});

/** A part of the contract and all parts below it. */
function* partsOf(part: unknown): Generator<Schema> {
  if (typeof part !== 'object' || part === null) return;
  if (!Array.isArray(part)) yield part;
  for (const inner of Object.values(part)) yield* partsOf(inner);
}
const mayBeNull = ({ type }: Schema) => type === 'null' || (Array.isArray(type) && type.includes('null'));

test('what may be null is not tied to a named schema that may not', () => {
  const tied = [...partsOf(contract)].filter(({ allOf = [] }) => Array.isArray(allOf) && allOf.some(mayBeNull));
  expect(tied).toEqual([]);
  expect(Object.entries(contract.components.schemas).filter(([, schema]) => mayBeNull(schema))).toEqual([]);
});

/** Named texts of a schema that have no list of what they may be, with the way to each. */
function* openTextsOf(part: unknown, name: string, path: string): Generator<string> {
  if (typeof part !== 'object' || part === null) return;
  const { type, enum: values, items, properties = {}, anyOf = [], allOf = [] } = part as Schema & Nested;
  if ([type].flat().includes('string') && values === undefined && closedNames.test(name)) yield path;
  yield* openTextsOf(items, name, path);
  for (const [key, inner] of Object.entries(properties)) yield* openTextsOf(inner, key, `${path}.${key}`);
  for (const inner of [...anyOf, ...allOf]) yield* openTextsOf(inner, name, path);
}
type Nested = { items?: Schema; anyOf?: Schema[]; enum?: unknown };
const closedNames = /^(?:kind|phase|flags|methods?|state|status|channel|role|locale|\w*[rR]eason)$/;

test('a state, a kind or a reason is one of a closed set, except where people or providers choose the word', () => {
  const open = Object.entries(contract.components.schemas).flatMap(([name, schema]) => [
    ...openTextsOf(schema, '', name),
  ]);
  expect(open.toSorted()).toEqual([
    // Gateways are plug-ins, and name methods that we do not know.
    'Payment.method',
    'Payment.methods',
    // The same as `Refund.reason`.
    'RefundWebhookData.reason',
    // Of the kind of report.
    'ReportFilters.status',
    'RequestRefund.reason',
    'ScanUndo.reason',
    'SenderTemplateList.data.reason',
    'SenderTemplateList.data.status',
  ]);
});

test('an operation requires the parameters of its path, and the key without which it refuses', () => {
  const replayed = operations.filter(({ responses }) =>
    Object.values(responses).some(({ headers = {} }) => 'Idempotent-Replayed' in headers),
  );
  const keyed = operations.filter(({ operationId }) =>
    (refusals[operationId as keyof typeof refusals] as readonly string[]).includes('idempotency.key_required'),
  );
  expect(keyed.map(({ operationId }) => operationId).toSorted()).toEqual([
    'placeComplimentaryOrder',
    'placeOrder',
    'requestRefund',
  ]);
  expect(replayed).toEqual(keyed);
  const optional = operations.flatMap(({ operationId, parameters = [] }) =>
    parameters
      .filter(({ in: place, name, required }) => (place === 'path' || name === 'idempotency-key') && required !== true)
      .map(({ name }) => `${operationId}: ${name}`),
  );
  expect(optional).toEqual([]);
});

test('each event of a stream that says something about the stream has the documented body', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(contract, 'contract');
  const bodyIn = (bytes: Buffer) => JSON.parse(/^data: (.*)$/m.exec(bytes.toString())?.[1] ?? '');
  for (const path of ['/v1/orders/{id}/stream', '/v1/events/{id}/check-ins/stream']) {
    const event = contract.paths[path]?.['get']?.responses['200']?.content?.['text/event-stream']?.schema;
    const body = JSON.stringify(event?.properties?.['data']?.contentSchema);
    const isDocumented = ajv.compile(JSON.parse(body.replaceAll('"#/', '"contract#/')));
    for (const bytes of [snapshotBytes('start'), snapshotBytes('gap'), pausedBytes])
      expect(isDocumented(bodyIn(bytes))).toBe(true);
    expect(isDocumented({ reason: 'other' })).toBe(false);
  }
});

test('every header that the code reads is documented, or a standard one', () => {
  const everywhere = [
    'accept-encoding',
    'accept-language',
    'authorization',
    'content-length',
    'content-type',
    'cookie',
    'host',
    'if-none-match',
    'origin',
    'sec-fetch-site',
    'transfer-encoding',
    'user-agent',
    'x-hub-signature-256',
    'x-webhook-hmac',
    'x-webhook-hmac-algorithm',
    'x-forwarded-for',
    'forwarded',
    'x-request-id',
    'connection',
    'accept',
    'access-control-request-method',
    'expect',
    'x-real-ip',
    'traceparent',
  ];
  const read = globSync('src/**/*.ts')
    .filter((file) => !file.startsWith('src/web/') && !file.startsWith('src/client/'))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\.header\('([\w-]+)'\)/g)].map(([, name = '']) => name.toLowerCase()),
    );
  const documented = operations.flatMap(({ parameters = [] }) =>
    parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name.toLowerCase()),
  );
  expect(read.length).toBeGreaterThan(5);
  expect([...new Set(read)].filter((name) => !documented.includes(name) && !everywhere.includes(name))).toEqual([]);
  for (const name of ['idempotency-key', 'queue-pass', 'event-slug', 'if-match']) expect(documented).toContain(name);
});

describe('over HTTP', () => {
  let world: TestService;
  const tokens = new Map<string, string>();
  const ids: Readonly<Record<string, string>> = { slug: demoOrganizerSlug };

  beforeAll(async () => {
    world = await startTestService();
    await seedAccounts(world.service.db, world.service.config.ENCRYPTION_KEY);
    const session = await send('POST', '/v1/sessions', { email: 'owner@demo.test', password: demoPassword });
    tokens.set('staffSession', ((await session.json()) as { accessToken: string }).accessToken);
    const key = await send(
      'POST',
      `/v1/organizers/${demoOrganizerSlug}/api-keys`,
      { name: 'Test', role: 'manager', scopes: keyScopes },
      'staffSession',
    );
    tokens.set('apiKey', ((await key.json()) as { key: string }).key);
  });
  afterAll(() => world.close());

  const send = (method: string, path: string, body?: unknown, kind?: string, more: Record<string, string> = {}) =>
    world.fetch(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(kind === undefined ? {} : { authorization: `Bearer ${tokens.get(kind) ?? ''}` }),
        ...more,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const pathOf = ({ path, parameters = [] }: Named) =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const schema = parameters.find((one) => one.in === 'path' && one.name === name)?.schema as
        | { pattern?: string; enum?: readonly string[] }
        | undefined;
      return ids[name] ?? schema?.enum?.[0] ?? idFor(name, schema?.pattern ?? '');
    });
  const idFor = (name: string, pattern: string) =>
    name === 'eventId' || (name === 'id' && pattern.includes('evt'))
      ? 'evt_7K3M9XQ2'
      : name.startsWith('ticketId')
        ? 'tkt_7K3M9XQ206FJ2V1H8C9QX4T0RBVE001'
        : name === 'orderId' || name === 'id'
          ? 'ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE'
          : /^(chunk|index)$/.test(name)
            ? '0'
            : `${name.slice(0, 3)}_06FJ2V1H8C9QX4T0RBVE`;

  const bodied = named.filter(
    ([, operation]) => bodyOf(operation) !== undefined && !operation.operationId.includes('Whatsapp'),
  );
  test.each(bodied)('%s takes the body that the contract describes, and no other field', async (_name, operation) => {
    const [first] = operation.security ?? [];
    const kind = Object.keys(first ?? {}).find((one) => tokens.has(one));
    // A buyer's or an order's credential is looked at before the body.
    if (Object.keys(first ?? {}).length > 0 && kind === undefined) return;
    const key = { 'idempotency-key': 'contract-test-0123456789' };
    const answer = await send(operation.method, pathOf(operation), { zzUnknown: 1 }, kind, key);
    const problem = (await answer.json()) as { code: string; errors?: { path: string; code: string }[] };
    expect([answer.status, problem.code]).toEqual([400, 'request.invalid']);
    const missing = (problem.errors ?? []).filter(({ code }) => code === 'field.required').map(({ path }) => path);
    // One of two fields is needed, which the contract's list of required fields cannot say.
    const needed = operation.operationId === 'lookUpOrder' ? ['email'] : (bodyOf(operation)?.required ?? []);
    expect(new Set(missing)).toEqual(new Set(needed));
    if (bodyOf(operation)?.additionalProperties === false)
      expect((problem.errors ?? []).some(({ code }) => code === 'field.unknown')).toBe(true);
  });

  const needed = bodied.filter(([, { requestBody }]) => requestBody?.required === true);
  test.each(needed)('%s refuses a request without its body', async (_name, operation) => {
    const [first] = operation.security ?? [];
    const kind = Object.keys(first ?? {}).find((one) => tokens.has(one));
    if (Object.keys(first ?? {}).length > 0 && kind === undefined) return;
    const answer = await send(operation.method, pathOf(operation), undefined, kind, {
      'idempotency-key': 'contract-test-0123456789',
    });
    const { code } = (await answer.json()) as { code: string };
    expect([answer.status, code]).toEqual([415, 'request.unsupported_media_type']);
  });

  const filtered = named.filter(
    ([, { security = [], parameters = [] }]) =>
      security.some((kinds) => 'staffSession' in kinds) && parameters.some(({ in: place }) => place === 'query'),
  );
  test.each(filtered)(
    '%s refuses a parameter that it does not know, instead of answering with everything',
    async (_name, operation) => {
      const answer = await send(operation.method, `${pathOf(operation)}?zzUnknown=1`, undefined, 'staffSession');
      const { code, errors = [] } = (await answer.json()) as { code: string; errors?: { code: string }[] };
      expect([answer.status, code, errors.map((error) => error.code)]).toEqual([
        400,
        'request.invalid',
        ['field.unknown'],
      ]);
    },
  );

  const secured = named.filter(([, { security = [] }]) =>
    security.some((kinds) => 'staffSession' in kinds || 'apiKey' in kinds),
  );
  test.each(secured)('%s accepts the kinds of credential that it names, and no others', async (_name, operation) => {
    const allowed = (operation.security ?? []).flatMap((kinds) => Object.keys(kinds));
    const example = bodyOf(operation) === undefined ? undefined : {};
    for (const kind of ['staffSession', 'apiKey']) {
      // The session of these tests is still needed.
      if (/end\w*Session/.test(operation.operationId) && kind === 'staffSession') continue;
      const answer = await send(operation.method, pathOf(operation), example, kind);
      const { code } = answer.status < 400 ? { code: '' } : ((await answer.json()) as { code: string });
      expect([kind, code === 'access.forbidden' || code === 'access.unauthenticated']).toEqual([
        kind,
        !allowed.includes(kind),
      ]);
    }
    const nobody = await send(operation.method, pathOf(operation), example);
    expect(nobody.status).toBe(401);
  });
});
