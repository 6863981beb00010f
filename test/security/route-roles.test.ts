import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signBuyerToken } from '../../src/access/buyers/buyer-token.ts';
import { newId } from '../../src/platform/ids.ts';
import { type Operation, bodyOf, leastRoles, pathOf, readOperations } from '../../testkit/security/operations.ts';
import { type Answer, type TenantWorld, openTenants, staffCallers } from '../../testkit/security/tenants.ts';

/**
 * Every published operation against every kind of caller (S05, S06, S16). The expected answer follows from the
 * `security` that the contract declares and from the least role of each operation. Ids and bodies are malformed, so a
 * request that is let in changes nothing.
 */

const operations = readOperations();
const mailServerToken = 'test-only-mail-server-token-0123456789';
const operationsToken = 'test-only-operations-token-0123456789abc';
const outsiders = [
  'nobody',
  'nonsense',
  'a buyer',
  'a buyer of this organiser',
  'the mail server',
  'the operator',
] as const;
const strangers = ['owner', 'manager key', 'device'] as const;

let world: TenantWorld;
let before: Readonly<Record<string, string>>;
const tokens = new Map<string, string | undefined>();

beforeAll(async () => {
  world = await openTenants({ MAIL_CALLBACK_TOKEN: mailServerToken, OPERATIONS_TOKEN: operationsToken });
  const { own, other, running } = world;
  const until = new Date(Date.now() + 3_600_000);
  const buyerToken = signBuyerToken(running.service.config.QUEUE_TOKEN_SECRET, { accountKey: 'A'.repeat(22), until });
  tokens.set('nobody', undefined);
  tokens.set('nonsense', 'antre_key_0123456789abcdef0123456789abcdef');
  tokens.set('a buyer', buyerToken);
  tokens.set('a buyer of this organiser', own.orders[0].token);
  tokens.set('the mail server', mailServerToken);
  tokens.set('the operator', operationsToken);
  for (const caller of staffCallers) tokens.set(caller, own.credentials[caller]);
  for (const caller of strangers) tokens.set(`another organiser's ${caller}`, other.credentials[caller]);
  before = await world.digest();
});
afterAll(() => world?.close());

const roleOf = ({ id }: Operation) =>
  (['owner', 'manager', 'door'] as const).find((role) => leastRoles[role].includes(id));
const kindOf = (caller: string) =>
  caller.endsWith('key') ? 'apiKey' : caller.endsWith('device') ? 'deviceToken' : 'staffSession';
const rank = { owner: 0, manager: 1, door: 2 };
const rankOf = (caller: string) => (caller.startsWith('owner') ? 0 : caller.startsWith('manager') ? 1 : 2);
const malformed = (operation: Operation, slug: string) =>
  pathOf(operation, { ...Object.fromEntries(operation.parameters.map((name) => [name, 'malformed'])), slug });

/** @param path of the operation; with malformed ids if not given */
async function ask(operation: Operation, caller: string, path = malformed(operation, world.own.ids['slug'] ?? '')) {
  const body = operation.hasJsonBody ? { unknown: true } : undefined;
  return world.ask(operation.method, path, { as: tokens.get(caller), body });
}
/** The path with ids of the organiser's own event, and of a session that does not exist. */
function ownPath(operation: Operation): string {
  const { eventSlug = '', eventId = '' } = world.own.ids;
  return pathOf(operation, { slug: eventSlug, id: eventId, sessionId: newId('ses') });
}
const codeOf = ({ status, text }: Answer) =>
  status < 400 ? String(status) : `${status} ${(JSON.parse(text) as { code: string }).code}`;
const verdictOf = (answer: Answer) => {
  const code = codeOf(answer);
  return code.startsWith('401') || code.startsWith('403') || code === '404 request.not_found' ? code : 'let in';
};
const withoutRequestId = ({ status, text }: Answer) => `${status} ${text.replace(/req_\w+/g, 'req')}`;
const named = (list: readonly Operation[]) => list.map((operation) => [operation.id, operation] as const);

const ofOrganizers = operations.filter(({ path }) => path.startsWith('/v1/organizers/{slug}/'));
const ofOthers = operations.filter((operation) => !ofOrganizers.includes(operation));
const ofDoors = ofOthers.filter(({ kinds }) => kinds.includes('staffSession'));
const ofBuyers = ofOthers.filter(({ kinds, isOpen }) => kinds.includes('buyerToken') && !isOpen);
const ofMailServer = ofOthers.filter(({ kinds }) => kinds.includes('mailServerToken'));
const ofOrders = ofOthers.filter(({ kinds }) => kinds.includes('orderToken'));
const ofHolders = ofOthers.filter(({ kinds }) => kinds.includes('ticketToken'));
const ofWaiting = ofOthers.filter(({ kinds }) => kinds.includes('waitingToken'));
const ofAnybody = ofOthers.filter(({ isOpen }) => isOpen);

test('each operation is in one of the groups, and each of an organiser has a least role', () => {
  const groups = [ofOrganizers, ofDoors, ofBuyers, ofMailServer, ofOrders, ofHolders, ofWaiting, ofAnybody];
  expect(
    groups
      .flat()
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(operations.map(({ id }) => id).toSorted());
  expect(Object.values(leastRoles).flat().toSorted()).toEqual(ofOrganizers.map(({ id }) => id).toSorted());
  for (const group of groups) expect(group.length).toBeGreaterThan(0);
});

describe('an operation of an organiser', () => {
  test.each(named(ofOrganizers))('%s lets in the roles and credentials that it names', async (_name, operation) => {
    const seen: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const caller of tokens.keys()) {
      seen[caller] = verdictOf(await ask(operation, caller));
      if (outsiders.some((one) => one === caller)) expected[caller] = '401 access.unauthenticated';
      else if (caller.startsWith('another')) expected[caller] = '404 request.not_found';
      else {
        const isAllowed =
          operation.kinds.includes(kindOf(caller)) &&
          kindOf(caller) !== 'deviceToken' &&
          rankOf(caller) <= rank[roleOf(operation) ?? 'owner'];
        expected[caller] = isAllowed ? 'let in' : '403 access.forbidden';
      }
    }
    expect(seen).toEqual(expected);
  });

  test.each(named(ofOrganizers))('%s answers strangers as if the organiser did not exist', async (_name, operation) => {
    const stranger = "another organiser's owner";
    const [asked, unknown] = [
      await ask(operation, stranger),
      await ask(operation, stranger, malformed(operation, 'no-such-organizer')),
    ];
    expect(withoutRequestId(asked)).toBe(withoutRequestId(unknown));
  });
});

describe('an operation of the door, or of a session', () => {
  /** It would end the session that later tests use; `test/access/sessions/sessions.test.ts` has it. */
  const endsTheCaller = 'endCurrentSession';
  test.each(named(ofDoors))('%s lets in the kinds of credential that it names', async (_name, operation) => {
    const path = ownPath(operation);
    for (const caller of outsiders)
      expect([caller, codeOf(await ask(operation, caller, path))]).toEqual([caller, '401 access.unauthenticated']);
    for (const caller of staffCallers) {
      const isAllowed = operation.kinds.includes(kindOf(caller));
      if (isAllowed && operation.id === endsTheCaller) continue;
      const seen = verdictOf(await ask(operation, caller, path));
      expect([caller, seen]).toEqual([caller, isAllowed ? 'let in' : '403 access.forbidden']);
    }
  });
});

describe('an operation of one other kind of caller', () => {
  const everybody = [...outsiders, ...staffCallers];
  const refusedAs = (operation: Operation) =>
    operation.kinds.includes('mailServerToken') ? '403 notification.callback_refused' : '401 access.unauthenticated';
  test.each(named([...ofBuyers, ...ofMailServer]))('%s lets in nobody else', async (_name, operation) => {
    const allowed = operation.kinds.includes('buyerToken') ? 'a buyer' : 'the mail server';
    for (const caller of everybody.filter((one) => one !== allowed)) {
      const seen = codeOf(await ask(operation, caller, ownPath(operation)));
      expect([caller, seen]).toEqual([caller, refusedAs(operation)]);
    }
    expect(codeOf(await ask(operation, allowed, ownPath(operation)))).not.toMatch(/^40[13]/);
  });

  test.each(named(ofHolders))('%s hides the ticket from everybody else', async (_name, operation) => {
    const path = pathOf(operation, world.own.ids);
    const body = bodyOf(operation, world.own.ids);
    for (const caller of everybody) {
      const { status } = await world.ask(operation.method, path, { as: tokens.get(caller), body });
      expect([caller, status]).toEqual([caller, 404]);
    }
  });

  test.each(named(ofAnybody))('%s needs no credential', async (_name, operation) => {
    expect(verdictOf(await ask(operation, 'nobody'))).not.toMatch(/^40[13] access\./);
  });
});

test('none of these requests has changed a row', async () => {
  expect(await world.digest()).toEqual(before);
});

test('an owner who has ended does nothing that only owners do, in a process that still remembers the owner', async () => {
  const { ids } = world.own;
  const owner = { as: tokens.get('owner') };
  const remembered = async () => (await world.ask('GET', `/v1/organizers/${ids['slug']}/api-keys`, owner)).status;
  expect(await remembered()).toBe(200);
  await world.running.service.db.execute(sql`
    update staff set status = 'disabled', password_hash = null
    where role = 'owner' and organizer_id = (select id from organizers where slug = ${ids['slug']})`);
  expect(await remembered()).toBe(200);
  const acts = ofOrganizers.filter(({ id, method }) => leastRoles.owner.includes(id) && method !== 'GET');
  expect(acts.length).toBeGreaterThan(10);
  for (const act of acts) {
    const answer = await world.ask(act.method, pathOf(act, ids), { ...owner, body: bodyOf(act, ids) });
    expect([act.id, codeOf(answer)]).toEqual([act.id, '401 access.unauthenticated']);
  }
});
