import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf } from '../../src/platform/database/db.ts';
import { type Operation, bodyOf, pathOf, readOperations } from '../../testkit/security/operations.ts';
import { type TenantWorld, openTenants } from '../../testkit/security/tenants.ts';

/** Guards that what somebody changes for an organiser stands in the audit log: every published operation, with the example of its body. */

const operations = readOperations().filter(
  ({ kinds, method, path }) =>
    kinds.includes('staffSession') && method !== 'GET' && path.startsWith('/v1/organizers/{slug}/'),
);

/** Operations that end something come after those that need it. What is stopped is resumed before it ends. */
const turnOf = ({ id, method }: Operation): number => {
  if (/^(?:postpone|resume)/.test(id)) return 1;
  return method === 'DELETE' || /^(?:end|cancel|close|disable|unpublish|remove)/.test(id) ? 2 : 0;
};

/** In place of examples that would change nothing, or whose name is taken. */
const bodies: Readonly<Record<string, object>> = {
  setSales: { sales: 'closed' },
  createGate: { name: 'Another gate' },
  createPromoCode: { code: 'ANOTHER-1', kind: 'percent', value: 5 },
};

/** They change nothing, or find it changed already; a note is its own record. */
const unaudited = [
  'previewChange',
  'publishEvent',
  'resolveTasks',
  'searchOrders',
  'testMidtransAccount',
  'writeOrderNote',
];

/** They need a state that both events do not have. */
const refusedHere = [
  'changeEvent',
  'changeMessageText',
  'changePicture',
  'confirmAnnouncement',
  'confirmChangeNotice',
  'createReportLink',
  'createTicketCategory',
  'createWebhookEndpoint',
  'deleteTicketCategory',
  'planWaitingRoom',
  'previewRefund',
  'removePicture',
  'requestRefund',
  'resetMessageText',
  'setPicture',
  'unpublishEvent',
];

let world: TenantWorld;
beforeAll(async () => {
  world = await openTenants();
});
afterAll(() => world?.close());

/** The acts that an operation has written into the log, in one of two events; undefined if it was refused in both. */
async function actsOf(operation: Operation): Promise<readonly string[] | undefined> {
  const { db } = world.running.service;
  const log = sql`select actor_kind || ' ' || act as act from audit_log order by id`;
  for (const { ids } of [world.own, world.sibling]) {
    const before = await rowsOf(db, log);
    const path = pathOf(operation, { ...ids, template: 'order_paid', locale: 'id' });
    const { status } = await world.ask(operation.method, path, {
      as: world.own.credentials.owner,
      body: bodies[operation.id] ?? bodyOf(operation, ids),
      headers: { 'idempotency-key': `audited-acts-${operation.id}` },
    });
    if (status < 300) return (await rowsOf<{ act: string }>(db, log)).slice(before.length).map(({ act }) => act);
  }
  return undefined;
}

test('every change is logged once, with who made it', async () => {
  // Otherwise the time since the preparation's own test decides whether another one is allowed.
  await world.running.service.db.execute(sql`delete from deliveries where template = 'message_test'`);
  const found = new Map<string, readonly string[] | undefined>();
  for (const operation of operations.toSorted((one, other) => turnOf(one) - turnOf(other)))
    found.set(operation.id, await actsOf(operation));
  const idsWith = (is: (acts: readonly string[] | undefined) => boolean) =>
    [...found].flatMap(([id, acts]) => (is(acts) ? [id] : [])).toSorted();
  expect(idsWith((acts) => acts === undefined)).toEqual(refusedHere);
  expect(idsWith((acts) => acts?.length === 0)).toEqual(unaudited);
  const others = [...found].filter(([, acts]) => acts !== undefined && acts.length > 0);
  expect(others.filter(([, acts]) => acts?.length !== 1 || !acts[0]?.startsWith('staff '))).toEqual([]);
});
