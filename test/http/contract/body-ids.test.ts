import { expect, test } from 'vitest';
import { type Schema, readContract } from '../../../deploy/client/contract.ts';
import { idPatterns } from '../../../src/platform/ids.ts';

/** Guards that every id in the body of any route is checked, and that an id of one kind is checked alike in all of them. */

const contract = readContract();
const resolve = (schema: Schema | undefined): (Schema & { readonly pattern?: string }) | undefined =>
  schema?.$ref === undefined ? schema : resolve(contract.components.schemas[schema.$ref.split('/').at(-1) ?? '']);

type Id = { readonly path: string; readonly name: string; readonly pattern: string | undefined };

/** Every text of a body that is named as an id. */
function* idsOf(part: Schema | undefined, name: string, path: string): Generator<Id> {
  const schema = resolve(part);
  if (schema === undefined) return;
  const isText = [schema.type].flat().includes('string');
  if (isText && /Ids?$/.test(name)) yield { path, name: name.replace(/s$/, ''), pattern: schema.pattern };
  yield* idsOf(schema.items, name, path);
  for (const [key, inner] of Object.entries(schema.properties ?? {})) yield* idsOf(inner, key, `${path}.${key}`);
  for (const inner of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])])
    yield* idsOf(inner, name, path);
}

/** Ids that others give: the gateway, the provider of messages, the device. */
const ofOthers = new Set(['merchantId', 'scanId', 'deviceId', 'phoneNumberId', 'businessAccountId']);
const patternOf = (name: string): RegExp => {
  if (/^(?:event|managerEvent)Id$/.test(name)) return idPatterns.event;
  if (name === 'orderId') return idPatterns.order;
  return name === 'ticketId' ? idPatterns.ticket : idPatterns.plain;
};

test('an id in a body is of one form wherever it is, so that another text is refused as a bad request', () => {
  const ids = Object.values(contract.paths).flatMap((methods) =>
    Object.values(methods).flatMap(({ operationId, requestBody }) => [
      ...idsOf(requestBody?.content?.['application/json']?.schema, '', operationId),
    ]),
  );
  const ours = ids.filter(({ name }) => !ofOthers.has(name));
  expect(ours.filter(({ name, pattern }) => pattern !== patternOf(name).source)).toEqual([]);
  expect(ours.length).toBeGreaterThan(25);
  expect([...ofOthers].filter((name) => !ids.some((id) => id.name === name))).toEqual([]);
});
