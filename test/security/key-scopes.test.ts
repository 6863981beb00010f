import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/access/credentials/create-api-key.ts';
import { type KeyScope, doorScopes, keyScopes } from '../../src/access/credentials/key-scopes.ts';
import { readContract } from '../../deploy/client/contract.ts';
import { leastRoles, pathOf, readOperations } from '../../testkit/security/operations.ts';
import { type TenantWorld, openTenants } from '../../testkit/security/tenants.ts';

/**
 * Guards that a key with scopes may call the operations which its scopes name, and no others: every published operation against a key of
 * each scope. Ids and bodies are malformed, so a request that is let in changes nothing.
 */

const contract = readContract();
const operations = readOperations(contract).filter(({ kinds }) => kinds.includes('apiKey'));
const scopesIn = ({ id }: { id: string }): string[] => {
  const found = Object.values(contract.paths)
    .flatMap((methods) => Object.values(methods))
    .find(({ operationId }) => operationId === id);
  return (found?.security ?? []).flatMap((kinds) => kinds['apiKey'] ?? []);
};

let world: TenantWorld;
const keys = new Map<string, string>();

beforeAll(async () => {
  world = await openTenants();
  const { own, running } = world;
  const actor = await running.service.actors.of(own.credentials.owner);
  if (actor === undefined) throw new Error('the owner is signed in');
  for (const scope of keyScopes) {
    const made = await createApiKey(running.service, { actor, name: scope, role: 'manager', scopes: [scope] });
    keys.set(scope, made.key);
  }
});
afterAll(() => world?.close());

async function ask(operation: (typeof operations)[number], key: string) {
  const { slug = '', eventId = '' } = world.own.ids;
  const isOfOrganizer = operation.path.startsWith('/v1/organizers/');
  const malformed = Object.fromEntries(operation.parameters.map((name) => [name, 'malformed']));
  const path = pathOf(operation, { ...malformed, slug, ...(isOfOrganizer ? {} : { id: eventId }) });
  const body = operation.hasJsonBody ? { unknown: true } : undefined;
  const { status, text } = await world.ask(operation.method, path, { as: key, body });
  const { code, scopes } = (status < 400 ? {} : JSON.parse(text)) as { code?: string; scopes?: string[] };
  return { verdict: status === 401 || status === 403 ? `${status} ${code}` : 'let in', scopes };
}

test('each operation for programs names scopes, and each scope has an operation', () => {
  const named = operations.map((operation) => [operation.id, scopesIn(operation)] as const);
  expect(named.filter(([, scopes]) => scopes.length === 0)).toEqual([]);
  expect([...new Set(named.flatMap(([, scopes]) => scopes))].toSorted()).toEqual([...keyScopes].toSorted());
});

test('money goes back by the scope refunds alone, however it is asked for', () => {
  const givesBack = operations.filter(
    ({ method, path }) => method !== 'GET' && /refund|\/(?:orders|events)\/\{\w+\}\/cancellation$|\/tasks\//.test(path),
  );
  expect(givesBack.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['cancelOrderAtDesk', 'cancelEvent', 'requestRefund']),
  );
  for (const operation of givesBack) expect([operation.id, scopesIn(operation)]).toEqual([operation.id, ['refunds']]);
});

describe('a key with one scope', () => {
  test.each(operations.map((operation) => [operation.id, operation] as const))(
    '%s is let in by the scopes that the contract names, and by no other',
    async (_name, operation) => {
      const enough = scopesIn(operation);
      for (const [scope, key] of keys) {
        const { verdict, scopes } = await ask(operation, key);
        const isEnough = enough.includes(scope);
        expect([scope, verdict]).toEqual([scope, isEnough ? 'let in' : '403 access.scope_missing']);
        if (!isEnough) expect(scopes).toEqual(enough);
      }
    },
  );

  test('of the role door reaches with each scope of a door something, and with no other', () => {
    const ofDoor = operations.filter(
      ({ id, path }) => leastRoles.door.includes(id) || !path.startsWith('/v1/organizers/'),
    );
    const reached = new Set(ofDoor.filter(({ id }) => id !== 'showCurrentSession').flatMap(scopesIn));
    // A key that may change something may also read it, so two more scopes open what a door reads.
    const ofChanges = ['orders.write', 'events.write'];
    expect([...reached].filter((scope) => !ofChanges.includes(scope)).toSorted()).toEqual([...doorScopes].toSorted());
  });
});

test('a key from before there were scopes may do all that its role may', async () => {
  const { own, running } = world;
  await running.service.db.execute(sql`update api_keys set scopes = null where id = ${own.ids['keyId'] ?? ''}`);
  running.service.actors.forget(own.ids['keyId'] ?? '');
  for (const operation of operations) {
    const { verdict } = await ask(operation, own.credentials['manager key']);
    expect([operation.id, verdict]).toEqual([operation.id, 'let in']);
  }
});

describe('a key is not made', () => {
  const make = async (body: unknown) => {
    const path = `/v1/organizers/${world.own.ids['slug'] ?? ''}/api-keys`;
    const { status, text } = await world.ask('POST', path, { as: world.own.credentials.owner, body });
    return [status, (JSON.parse(text) as { code?: string }).code];
  };
  const refused: readonly (readonly [string, string, unknown])[] = [
    ['without scopes', 'manager', undefined],
    ['with none', 'manager', []],
    ['with an unknown one', 'manager', ['everything']],
    ['with one twice', 'manager', ['reports', 'reports']],
    ['for a door with a scope of managers', 'door', ['check_in', 'reports' satisfies KeyScope]],
  ];
  test.each(refused)('%s', async (_name, role, scopes) => {
    expect(await make({ name: 'Shop', role, scopes })).toEqual([400, 'request.invalid']);
  });
});
