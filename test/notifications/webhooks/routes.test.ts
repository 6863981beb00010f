import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEndpoint } from '../../../src/notifications/webhooks/endpoints/create-endpoint.ts';
import { endpointsPerOrganizerMax } from '../../../src/notifications/webhooks/limits.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { createOrganizer, signedInOwner } from '../../../testkit/factories.ts';
import { type WebhookWorld, openWebhookWorld } from '../../../testkit/notifications/webhook-world.ts';
import { type WebhookDesk, openWebhookDesk } from './support/webhook-desk.ts';

/** Guards who may see and change endpoints, and which parts of them are shown. */

let world: WebhookWorld;
let organizer: WebhookDesk['organizer'];
let owner: WebhookDesk['owner'];
let manager: WebhookDesk['manager'];
let call: WebhookDesk['call'];
let sink: WebhookDesk['sink'];
let made: WebhookDesk['made'];
beforeAll(async () => {
  world = await openWebhookWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  ({ organizer, owner, manager, call, sink, made } = await openWebhookDesk(world));
});

const audits = async (subjectId: string) =>
  (
    await rowsOf<{ act: string }>(world.db, sql`select act from audit_log where subject_id = ${subjectId} order by id`)
  ).map(({ act }) => act);

test('an owner adds, sees, changes, rotates, disables and deletes an endpoint; each act is in the audit log', async () => {
  const { id, secret } = await made();
  expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
  const shown = await call('GET', `/${id}`, owner);
  expect(shown.json).toMatchObject({
    id,
    status: 'active',
    types: ['order.paid', 'order.refunded'],
    disabledReason: null,
  });
  expect(shown.text).not.toContain('whsec_');
  const changed = await call('PATCH', `/${id}`, owner, { types: ['order.paid', 'order.paid'], description: 'News' });
  expect(changed.json).toMatchObject({ types: ['order.paid'], description: 'News', url: sink('routes') });
  const rotated = await call('POST', `/${id}/secret`, owner);
  expect(rotated.json['secret']).not.toBe(secret);
  expect(Date.parse(String(rotated.json['previousUntil'])) - Date.now()).toBeGreaterThan(23 * 3_600_000);
  const disabled = await call('PATCH', `/${id}`, owner, { status: 'disabled' });
  expect(disabled.json).toMatchObject({ status: 'disabled', disabledReason: 'organizer' });
  expect((await call('PATCH', `/${id}`, owner, { status: 'active' })).json).toMatchObject({ disabledAt: null });
  expect(((await call('GET', '', owner)).json['data'] as unknown[]).length).toBe(1);
  expect((await call('DELETE', `/${id}`, owner)).status).toBe(204);
  expect((await call('GET', `/${id}`, owner)).code).toBe('webhook.not_found');
  expect((await call('DELETE', `/${id}`, owner)).code).toBe('webhook.not_found');
  expect((await call('GET', '', owner)).json['data']).toEqual([]);
  expect(await audits(id)).toEqual([
    'webhook.created',
    'webhook.changed',
    'webhook.secret_rotated',
    'webhook.changed',
    'webhook.changed',
    'webhook.deleted',
  ]);
  const rows = await rowsOf(world.db, sql`select secret, previous_secret from webhook_endpoints where id = ${id}`);
  expect(JSON.stringify(rows)).not.toContain('whsec_');
});

test('another address is checked like the first one, and the secret stays; values that it has already change nothing', async () => {
  const { id } = await made();
  const row = async () =>
    (
      await rowsOf<Record<string, unknown>>(
        world.db,
        sql`select url, types, secret, failures, subscribed_since from webhook_endpoints where id = ${id}`,
      )
    )[0];
  await world.db.execute(sql`update webhook_endpoints set failures = 3, failing_since = now() where id = ${id}`);
  const before = await row();
  for (const url of ['http://10.0.0.1/', 'http://169.254.169.254/', 'ftp://example.com/']) {
    expect((await call('PATCH', `/${id}`, owner, { url })).code).toBe('webhook.address_refused');
  }
  const same = { url: sink('routes'), types: ['order.refunded', 'order.paid'], description: '', status: 'active' };
  expect((await call('PATCH', `/${id}`, owner, same)).status).toBe(200);
  expect([await row(), await audits(id)]).toEqual([before, ['webhook.created']]);
  expect((await call('PATCH', `/${id}`, owner, { ...same, url: sink('moved') })).status).toBe(200);
  expect(await row()).toEqual({ ...before, url: sink('moved'), failures: 0 });
  expect(await audits(id)).toEqual(['webhook.created', 'webhook.changed']);
});

test('invalid input changes nothing', async () => {
  for (const body of [
    {},
    { url: sink('x'), types: [] },
    { url: sink('x'), types: ['webhook.test'] },
    { url: sink('x'), types: ['order.placed'] },
    { url: `https://example.com/${'x'.repeat(500)}`, types: ['order.paid'] },
    { url: sink('x'), types: ['order.paid'], description: 'two\nlines' },
    { url: sink('x'), types: ['order.paid'], secret: 'mine' },
  ]) {
    expect((await call('POST', '', owner, body)).code).toBe('request.invalid');
  }
  for (const url of ['http://10.0.0.1/', 'http://169.254.169.254/', 'ftp://example.com/']) {
    expect((await call('POST', '', owner, { url, types: ['order.paid'] })).code).toBe('webhook.address_refused');
  }
  expect((await call('GET', '', owner)).json['data']).toEqual([]);
});

test('the number of endpoints of an organiser is limited, also for concurrent requests', async () => {
  const deps = { ...world.api.service, db: world.worker.db };
  const actor = await signedInOwner(world.db, organizer);
  const input = { actor, url: sink('many'), types: ['order.paid'] as const, description: '' };
  const made = await Promise.allSettled(
    Array.from({ length: endpointsPerOrganizerMax + 4 }, () => createEndpoint(deps, input)),
  );
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(endpointsPerOrganizerMax);
  expect((await call('POST', '', owner, { url: sink('many'), types: ['order.paid'] })).code).toBe(
    'webhook.limit_reached',
  );
  // Control: without the organiser's lock, two that count at once both see room for the last one.
  await world.db.execute(sql`
    delete from webhook_endpoints where id = (select max(id) from webhook_endpoints where organizer_id = ${organizer.id})`);
  const count = sql`select count(*)::int as endpoints from webhook_endpoints where organizer_id = ${organizer.id}`;
  const counts = await Promise.all([1, 2].map(() => transaction(world.db, (tx) => rowsOf(tx, count))));
  expect(counts).toEqual([1, 2].map(() => [{ endpoints: endpointsPerOrganizerMax - 1 }]));
});

describe('roles', () => {
  test('managers read, test and replay; door staff may do nothing, nor may anybody without a session', async () => {
    const { id } = await made();
    const door = await world.signedIn(organizer, 'door');
    const changes: [string, string, unknown?][] = [
      ['POST', '', { url: sink('x'), types: ['order.paid'] }],
      ['PATCH', `/${id}`, { description: 'x' }],
      ['POST', `/${id}/secret`],
      ['DELETE', `/${id}`],
    ];
    const reads: [string, string, unknown?][] = [
      ['GET', ''],
      ['GET', `/${id}`],
      ['GET', `/${id}/deliveries`],
      ['POST', `/${id}/tests`],
      ['POST', `/${id}/replays`, { since: new Date(Date.now() - 60_000).toISOString() }],
    ];
    for (const [method, path, body] of changes) expect((await call(method, path, manager, body)).status).toBe(403);
    for (const [method, path, body] of reads)
      expect((await call(method, path, manager, body)).status).toBeLessThan(300);
    for (const [method, path, body] of [...changes, ...reads]) {
      expect((await call(method, path, door, body)).status).toBe(403);
      expect((await call(method, path, undefined, body)).status).toBe(401);
    }
  });

  test("another organiser's endpoint answers exactly like one that does not exist", async () => {
    const { id } = await made();
    const [webhookId] = [String((await call('POST', `/${id}/tests`, owner)).json['webhookId'])];
    const other = await createOrganizer(world.db);
    const stranger = await world.signedIn(other, 'owner');
    const unknown = `${id.slice(0, -4)}0000`;
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', { description: 'x' }],
      ['DELETE', ''],
      ['POST', '/secret'],
      ['POST', '/tests'],
      ['GET', '/deliveries'],
      ['GET', `/deliveries/${webhookId}`],
      ['POST', `/deliveries/${webhookId}/replay`],
      ['POST', '/replays', { since: new Date(Date.now() - 60_000).toISOString() }],
    ] as [string, string, unknown?][]) {
      const [theirs, none] = [
        await call(method, `/${id}${path}`, stranger, body, other.slug),
        await call(method, `/${unknown}${path}`, stranger, body, other.slug),
      ];
      expect([theirs.status, theirs.code]).toEqual([404, 'webhook.not_found']);
      expect({ ...theirs.json, requestId: '' }).toEqual({ ...none.json, requestId: '' });
    }
  });
});
