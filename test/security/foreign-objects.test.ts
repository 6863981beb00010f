import { afterAll, beforeAll, expect, test } from 'vitest';
import { newEventId, newId, newOrderId } from '../../src/platform/ids.ts';
import { type Operation, bodyOf, bodyReferences, pathOf, readOperations } from '../../testkit/security/operations.ts';
import { type Answer, type Tenant, type TenantWorld, openTenants } from '../../testkit/security/tenants.ts';

/**
 * Tries every operation of an organiser with each id in its path and body replaced by another organiser's (S01, S02). The answer must equal,
 * byte for byte, the answer to an unknown id, and no row may change. The same holds for another event of the same organiser, which a
 * member who is limited to one event must not reach.
 */

const operations = readOperations().filter(({ kinds }) => kinds.includes('staffSession'));

let world: TenantWorld;
let before: Readonly<Record<string, string>>;
let missing: Record<string, string>;

beforeAll(async () => {
  world = await openTenants();
  before = await world.digest();
  const { ids } = world.own;
  const unknownEvent = newEventId();
  missing = Object.fromEntries(
    Object.entries(ids).map(([name, id]) => [name, newId(id.slice(0, 3) as Parameters<typeof newId>[0])]),
  );
  missing['eventId'] = unknownEvent;
  missing['orderId'] = newOrderId(unknownEvent);
  missing['webhookId'] = `msg_${missing['taskId']?.slice(4)}`;
});
afterAll(() => world?.close());

/** Parameters without an object of their own. */
const notObjects = new Set(['slug', 'template', 'locale']);
const pathReferences = ({ path, parameters }: Operation) =>
  parameters
    .filter((name) => !notObjects.has(name))
    .map((name) => (name === 'id' && path.startsWith('/v1/events/') ? 'eventId' : name));

/** Scans, and tasks of a list, are answered by a result: a refusal of one is no error. */
const answersByResult: Readonly<Record<string, string>> = {
  scanTicket: '"result":"invalid"',
  syncScans: '"result":"invalid"',
  resolveTasks: '"refusal":"task.not_found"',
};

/** All sets of at least one reference. */
function subsets(names: readonly string[]): string[][] {
  return names.reduce<string[][]>((sets, name) => [...sets, ...sets.map((set) => [...set, name])], [[]]).slice(1);
}

async function ask(operation: Operation, caller: keyof Tenant['credentials'], ids: Record<string, string>) {
  const values = { ...ids, id: ids['eventId'] ?? '', template: 'order_paid', locale: 'id' };
  const answer = await world.ask(operation.method, pathOf(operation, values), {
    as: world.own.credentials[caller],
    body: bodyOf(operation, ids),
    headers: { 'idempotency-key': 'foreign-objects-0123456789' },
  });
  return withoutIds(answer, ids);
}

/** The answer with names in place of ids, which alone may differ. */
function withoutIds({ status, text }: Answer, ids: Record<string, string>): { status: number; text: string } {
  let shown = text.replace(/req_\w+/g, 'req');
  for (const [name, id] of Object.entries(ids)) shown = shown.replaceAll(id, `{${name}}`);
  return { status, text: shown };
}

const cases = operations.flatMap((operation) =>
  subsets([...new Set([...pathReferences(operation), ...bodyReferences(operation)])]).map(
    (replaced) => [`${operation.id} with another organiser's ${replaced.join(', ')}`, operation, replaced] as const,
  ),
);

/** Operations of an event, with the objects below it of another event. */
const siblingCases = operations
  .filter(({ path }) => path.includes('/events/{eventId}/'))
  .flatMap((operation) =>
    subsets(
      [...new Set([...pathReferences(operation), ...bodyReferences(operation)])].filter((name) => name !== 'eventId'),
    ).map((replaced) => [`${operation.id} with another event's ${replaced.join(', ')}`, operation, replaced] as const),
  );

test.each(cases)('%s', (_name, operation, replaced) => checkForeign(operation, replaced, world.other));

test.each(siblingCases)('%s', (_name, operation, replaced) => checkForeign(operation, replaced, world.sibling));

async function checkForeign(operation: Operation, replaced: readonly string[], owner: Tenant): Promise<void> {
  const callers = operation.kinds.includes('deviceToken')
    ? (['owner', 'door', 'device'] as const)
    : (['owner'] as const);
  for (const caller of callers) {
    const take = (from: Readonly<Record<string, string>>) =>
      Object.fromEntries(replaced.map((name) => [name, from[name] ?? '']));
    const foreign = await ask(operation, caller, { ...world.own.ids, ...take(owner.ids) });
    const unknown = await ask(operation, caller, { ...world.own.ids, ...take(missing) });
    expect([caller, foreign]).toEqual([caller, unknown]);
    const result = caller === 'device' ? undefined : answersByResult[operation.id];
    if (result !== undefined) expect(foreign.text).toContain(result);
    else expect(foreign.status, foreign.text).toBeGreaterThanOrEqual(400);
    const isInPath = replaced.some((name) => pathReferences(operation).includes(name));
    // A device belongs to one event, and is refused at each other one.
    if (isInPath) expect(foreign.status, foreign.text).toBe(caller === 'device' ? 403 : 404);
    // A fault of the body may name the reference, and nothing else.
    else expect(foreign.text).not.toMatch(/field\.(?!not_allowed)/);
  }
}

test('each id of a path belongs to an object that both organisers have', async () => {
  const names = new Set(operations.flatMap(pathReferences));
  for (const name of names) {
    expect([name, world.own.ids[name]]).toEqual([name, expect.stringMatching(/^\w{3}_/)]);
    expect([name, world.other.ids[name]]).toEqual([name, expect.stringMatching(/^\w{3}_/)]);
    expect(missing[name]).not.toBe(world.other.ids[name]);
  }
  expect(cases.length).toBeGreaterThan(operations.length / 2);
});

test('none of these requests has changed a row', async () => {
  expect(await world.digest()).toEqual(before);
});
