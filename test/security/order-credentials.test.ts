import { afterAll, beforeAll, expect, test } from 'vitest';
import { newOrderId } from '../../src/platform/ids.ts';
import { type Operation, bodyOf, pathOf, readOperations } from '../../testkit/security/operations.ts';
import { type Answer, type AskOptions, type TenantWorld, openTenants } from '../../testkit/security/tenants.ts';

/** Every operation of a buyer's order against every other credential (S01, S04): the order of somebody else answers like one that does not exist. */

const operations = readOperations().filter(({ kinds }) => kinds.includes('orderToken'));
const named = operations.map((operation) => [operation.id, operation] as const);
const reads = named.filter(([, { method }]) => method === 'GET');
/** Passes are not set up here (`test/orders/wallet/wallet.test.ts`); the order itself is opened anyway. */
const notOffered: readonly string[] = ['makeApplePass', 'linkGoogleWallet'];

let world: TenantWorld;
let unknownOrder: string;

beforeAll(async () => {
  world = await openTenants();
  unknownOrder = newOrderId(world.own.ids['eventId'] ?? '');
});
afterAll(() => world?.close());

function ask(operation: Operation, id: string, ticketId: string, { as, headers = {} }: AskOptions): Promise<Answer> {
  const body = bodyOf(operation, world.own.ids);
  const key = { 'idempotency-key': 'order-credentials-0123456789' };
  return world.ask(operation.method, pathOf(operation, { id, ticketId }), {
    as,
    body,
    headers: { ...key, ...headers },
  });
}

const shown = ({ status, text }: Answer, id: string) =>
  `${status} ${text.replace(/req_\w+/g, 'req').replaceAll(id, '{id}')}`;

function otherCredentials(): Record<string, AskOptions> {
  const { own, other } = world;
  return {
    nobody: {},
    nonsense: { as: 'A'.repeat(43) },
    'a buyer of the same event': { as: own.orders[1].token },
    'a buyer of another organiser': { as: other.orders[0].token },
    'a cookie of another order': { headers: { cookie: `antre_order=${own.orders[1].token}` } },
    'the owner': { as: own.credentials.owner },
    'a key': { as: own.credentials['manager key'] },
    'a device': { as: own.credentials.device },
  };
}

test.each(named)('%s answers another credential as if there were no order', async (_name, operation) => {
  const before = await world.digest();
  const [{ id, ticketId }] = world.own.orders;
  for (const [caller, credential] of Object.entries(otherCredentials())) {
    const asked = await ask(operation, id, ticketId, credential);
    const unknown = await ask(operation, unknownOrder, ticketId, credential);
    expect([caller, shown(asked, id)]).toEqual([caller, shown(unknown, unknownOrder)]);
    expect([caller, asked.status]).toEqual([caller, 404]);
  }
  expect(await world.digest()).toEqual(before);
});

test.each(reads)('%s opens with the token of its order, and with its cookie', async (name, operation) => {
  const [{ id, token, ticketId }] = world.own.orders;
  for (const credential of [{ as: token }, { headers: { cookie: `antre_order=${token}` } }])
    if (notOffered.includes(name))
      expect((await ask(operation, id, ticketId, credential)).text).toContain('wallet.not_offered');
    else expect((await ask(operation, id, ticketId, credential)).status).toBe(200);
});

test("a ticket of another order is not found below one's own", async () => {
  const [mine, theirs] = world.own.orders;
  for (const operation of operations.filter(({ parameters }) => parameters.includes('ticketId'))) {
    const asked = await ask(operation, mine.id, theirs.ticketId, { as: mine.token });
    const unknown = await ask(operation, mine.id, mine.ticketId.replace(/\d{3}$/, '999'), { as: mine.token });
    expect(shown(asked, mine.id)).toBe(shown(unknown, mine.id));
    expect(asked.status).toBe(404);
  }
});
