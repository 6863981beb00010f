import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEndpoint } from '../../../src/notifications/webhooks/endpoints/create-endpoint.ts';
import { endpointsPerOrganizerMax, testsPerMinuteMax } from '../../../src/notifications/webhooks/limits.ts';
import { purgeWebhooks } from '../../../src/notifications/webhooks/log/purge-webhooks.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import {
  type TestEvent,
  type TestOrganizer,
  createEvent,
  createOrganizer,
  signedInOwner,
} from '../../../testkit/factories.ts';
import { type WebhookWorld, openWebhookWorld } from '../../../testkit/notifications/webhook-world.ts';

/** Guards who may see and change endpoints, what of them is shown, and what a replay sends. */

let world: WebhookWorld;
let event: TestEvent;
let organizer: TestOrganizer;
let owner: string;
let manager: string;
beforeAll(async () => {
  world = await openWebhookWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  event = await createEvent(world.db);
  organizer = event.organizer;
  owner = await world.signedIn(organizer, 'owner');
  manager = await world.signedIn(organizer, 'manager');
});

async function call(method: string, path: string, as: string | undefined, body?: unknown) {
  const response = await world.api.fetch(`/v1/organizers/${organizer.slug}/webhooks${path}`, {
    method,
    headers: {
      ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>;
  return { status: response.status, code: json['code'], json, text };
}

const sink = (name: string) => `${world.sandbox.url}/webhook-sink/${name}`;
const audits = async (subjectId: string) =>
  (
    await rowsOf<{ act: string }>(world.db, sql`select act from audit_log where subject_id = ${subjectId} order by id`)
  ).map(({ act }) => act);

async function made(
  types: readonly string[] = ['order.paid', 'order.refunded'],
): Promise<{ id: string; secret: string }> {
  const answer = await call('POST', '', owner, { url: sink('routes'), types });
  expect(answer.status).toBe(201);
  return { id: String(answer.json['id']), secret: String(answer.json['secret']) };
}

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

test('input that makes no sense changes nothing', async () => {
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

test('an organiser has at most so many endpoints, also when all are made at once', async () => {
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

describe('who may', () => {
  test('managers read, test and replay; the door does nothing; nobody without a session', async () => {
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
    organizer = await createOrganizer(world.db);
    const stranger = await world.signedIn(organizer, 'owner');
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
        await call(method, `/${id}${path}`, stranger, body),
        await call(method, `/${unknown}${path}`, stranger, body),
      ];
      expect([theirs.status, theirs.code]).toEqual([404, 'webhook.not_found']);
      expect({ ...theirs.json, requestId: '' }).toEqual({ ...none.json, requestId: '' });
    }
  });
});

test('the log shows deliveries by page and status, with the body as it is sent', async () => {
  const { id } = await made();
  for (let n = 0; n < 3; n += 1) await world.paid(event);
  const [first] = await world.facts(organizer);
  await world.db.execute(sql`
    update webhook_deliveries set status = 'failed', due_at = null, tries = 10, failure = 'status', answer_status = 500, tried_at = now(), took_ms = 12
    where endpoint_id = ${id} and webhook_id = ${first?.id ?? ''}`);
  const page = await call('GET', `/${id}/deliveries?limit=2`, manager);
  const rest = await call('GET', `/${id}/deliveries?limit=2&cursor=${String(page.json['nextCursor'])}`, manager);
  const ids = [...(page.json['data'] as { webhookId: string }[]), ...(rest.json['data'] as { webhookId: string }[])];
  expect(ids.map(({ webhookId }) => webhookId)).toEqual(
    (await world.facts(organizer)).map((fact) => fact.id).toReversed(),
  );
  const failed = await call('GET', `/${id}/deliveries?status=failed`, manager);
  expect(failed.json['data']).toEqual([
    expect.objectContaining({
      webhookId: first?.id,
      type: 'order.paid',
      tries: 10,
      nextTryAt: null,
      lastTry: expect.objectContaining({ answerStatus: 500, failure: 'status', tookMs: 12 }),
    }),
  ]);
  const one = await call('GET', `/${id}/deliveries/${first?.id}`, manager);
  expect(JSON.parse(String(one.json['body']))).toMatchObject({ type: 'order.paid', data: first?.data });
  expect((await call('GET', `/${id}/deliveries?cursor=x`, manager)).code).toBe('request.invalid');
  expect((await call('GET', `/${id}/deliveries/msg_00000000000000000000`, manager)).code).toBe(
    'webhook_delivery.not_found',
  );
});

test('a replay sends one webhook, or what was not delivered since a time, or all of it', async () => {
  const { id } = await made(['order.paid']);
  const since = new Date(Date.now() - 60_000).toISOString();
  for (let n = 0; n < 3; n += 1) await world.paid(event);
  await call('PATCH', `/${id}`, owner, { status: 'disabled' });
  await world.paid(event);
  const [first, second] = await world.facts(organizer);
  await world.db.execute(sql`
    update webhook_deliveries set status = 'delivered', due_at = null, delivered_at = now(), tries = 1 where endpoint_id = ${id}`);
  await world.db.execute(sql`
    update webhook_deliveries set status = 'failed', delivered_at = null, tries = 10 where endpoint_id = ${id} and webhook_id = ${second?.id ?? ''}`);
  for (const path of [`/deliveries/${first?.id}/replay`, '/tests'])
    expect((await call('POST', `/${id}${path}`, manager)).code).toBe('webhook.not_active');
  expect((await call('POST', `/${id}/replays`, manager, { since })).code).toBe('webhook.not_active');
  await call('PATCH', `/${id}`, owner, { status: 'active' });
  expect((await call('POST', `/${id}/deliveries/${first?.id}/replay`, manager)).status).toBe(202);
  expect((await world.deliveries(id))[0]).toMatchObject({ status: 'pending', tries: 0 });
  expect((await call('POST', `/${id}/replays`, manager, { since })).json).toEqual({ replayed: 2, until: null });
  const states = async () => (await world.deliveries(id)).map(({ status }) => status);
  expect(await states()).toEqual(['pending', 'pending', 'delivered', 'pending']);
  expect((await call('POST', `/${id}/replays`, manager, { since, include: 'all' })).json).toMatchObject({
    replayed: 1,
  });
  expect(await states()).toEqual(['pending', 'pending', 'pending', 'pending']);
  const later = { since: new Date(Date.now() + 60_000).toISOString(), include: 'all' };
  expect((await call('POST', `/${id}/replays`, manager, later)).json).toMatchObject({ replayed: 0 });
});

test('tests of an endpoint are limited', async () => {
  const { id } = await made();
  for (let n = 0; n < testsPerMinuteMax; n += 1) expect((await call('POST', `/${id}/tests`, owner)).status).toBe(202);
  expect((await call('POST', `/${id}/tests`, owner)).code).toBe('webhook.test_limited');
});

test('the log ends after its days, and a deleted endpoint goes with it', async () => {
  const { id } = await made();
  await world.paid(event);
  const kept = await made();
  await world.paid(event);
  // As if the first one were 31 days old: an id begins with its time.
  await world.db.execute(sql`
    with old as (select webhook_id(now() - interval '31 days') as id, (select min(id) from webhooks where organizer_id = ${organizer.id}) as was),
      moved as (update webhooks m set id = old.id, occurred_at = now() - interval '31 days' from old where m.id = old.was)
    update webhook_deliveries d set webhook_id = old.id from old where d.webhook_id = old.was`);
  await purgeWebhooks({ db: world.db });
  expect(await world.facts(organizer)).toHaveLength(1);
  expect(await world.deliveries(id)).toHaveLength(1);
  await call('DELETE', `/${id}`, owner);
  await purgeWebhooks({ db: world.db });
  await purgeWebhooks({ db: world.db });
  expect(await world.deliveries(id)).toEqual([]);
  expect(await rowsOf(world.db, sql`select from webhook_endpoints where id = ${id}`)).toHaveLength(0);
  expect(await world.deliveries(kept.id)).toHaveLength(1);
});
