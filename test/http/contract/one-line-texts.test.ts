import { readdirSync } from 'node:fs';
import { z } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import { describedRoutes } from '../../../deploy/client/contract.ts';

/**
 * Guards every text that callers send: none keeps invisible characters or marks that change the reading direction. It
 * finds the fields itself: all fields of strict objects in every file of schemas and routes, and of the body of every
 * route, wherever its schema is written.
 */

/** Texts that no person reads as a line: secrets, codes that are compared by letters and digits only, opaque tokens, addresses. */
const notShown = new Set([
  'scanSchema.code',
  'offlineScanSchema.code',
  'lookUpOrderSchema.code',
  'placeOrderSchema.promoCode',
  'quoteOrderSchema.promoCode',
  'password',
  'token',
  'placeToken',
  'challenge',
  'accessToken',
  'keptTokenSchema',
  'appSecret',
  'apiKey',
  'hmacKey',
  'secretKey',
  // The webhook guard stores the address as URL has parsed it.
  'createEndpointSchema.url',
  'changeEndpointSchema.url',
  'verifyToken',
  'cursor',
]);

const modules = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
  /(?:schemas[\w-]*|[\w-]*schemas|routes[\w-]*|[\w-]*routes)\.ts$/.test(path),
);

type Field = { readonly path: string; readonly name: string; readonly schema: z.ZodType };

/** Every field of text inside, with the way to it. Strict objects only: others are answers. */
function textsOf(schema: unknown, path: string, name: string, seen: Set<unknown>): Field[] {
  if (!(schema instanceof z.ZodType) || seen.has(schema)) return [];
  seen.add(schema);
  if (schema instanceof z.ZodString) return [{ path, name, schema }];
  if (schema instanceof z.ZodObject) {
    if (!(schema.def.catchall instanceof z.ZodNever)) return [];
    return Object.entries(schema.shape).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`, key, new Set()));
  }
  if (schema instanceof z.ZodArray) return textsOf(schema.element, `${path}[]`, name, seen);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((one) => textsOf(one, path, name, seen));
  if (schema instanceof z.ZodPipe) return textsOf(schema.in, path, name, seen);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    return textsOf(schema.def.innerType, path, name, seen);
  }
  return [];
}

async function allTexts(): Promise<Field[]> {
  const found: Field[] = [];
  const known = new Set<unknown>();
  for (const path of modules) {
    const exported: Record<string, unknown> = await import(/* @vite-ignore */ `../../../src/${path}`);
    for (const [name, value] of Object.entries(exported)) {
      known.add(value);
      found.push(...textsOf(value, name, name, new Set()));
    }
  }
  const unnamed = bodies().filter(({ schema }) => !known.has(schema));
  return [...found, ...unnamed.flatMap(({ operation, schema }) => textsOf(schema, operation, operation, new Set()))];
}

/** The JSON body of every route that has one, by its operation. */
function bodies(): { readonly operation: string; readonly schema: unknown }[] {
  return describedRoutes().openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route') return [];
    const { operationId: operation = '', request } = definition.route;
    const content = request?.body?.content['application/json'];
    return content === undefined || !('schema' in content) ? [] : [{ operation, schema: content.schema }];
  });
}

const hidden = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\u3164\ufeff]|e\u0301/u;
const probes = [
  'Caf\u0065\u0301 \u202eA\u200b  yu\u2066\u00ad\ufeff',
  '\u200bAyu\u202c\u3164Lestari',
  '\u202e\u200b\u3164',
  '\u2800',
];

const texts = (await allTexts()).filter(({ path, name }) => !notShown.has(name) && !notShown.has(path));

test('no field of a request keeps hidden characters, direction marks or loose accents', () => {
  const kept = texts.flatMap(({ path, schema }) =>
    probes.flatMap((probe) => {
      const read = schema.safeParse(probe);
      return read.success && (hidden.test(String(read.data)) || read.data === '\u2800') ? [path] : [];
    }),
  );
  expect([...new Set(kept)]).toEqual([]);
  // A walk that finds nothing proves nothing.
  const paths = texts.map(({ path }) => path);
  expect(paths.length).toBeGreaterThan(40);
  expect(paths).toEqual(expect.arrayContaining(['searchOrders.q', 'changeMessageText.body']));
  for (const name of ['buyer.name', 'createEventSchema.name', 'venue', 'stage', 'reason', 'createApiKeySchema.name']) {
    expect(
      paths.some((path) => path.endsWith(name)),
      name,
    ).toBe(true);
  }
});

test('a text that is too long is refused for that alone, since further checks would take time in proportion to a body', () => {
  const long = 'a.a '.repeat(16_000);
  const checked = texts.flatMap(({ path, schema }) => {
    const { issues = [] } = schema.safeParse(long).error ?? {};
    // An address is found out to be none by its first characters.
    const further = issues.filter((issue) => issue.code === 'custom' && issue.params?.['code'] !== 'email.invalid');
    return issues.some(({ code }) => code === 'too_big') && further.length > 0 ? [path] : [];
  });
  expect(checked).toEqual([]);
});
