import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rotateSecret } from '../../../src/notifications/webhooks/endpoints/change-endpoint.ts';
import { webhookInvariants } from '../../../src/notifications/webhooks/invariants.ts';
import { retrySeconds } from '../../../src/notifications/webhooks/limits.ts';
import { giveWebhookTurns } from '../../../src/notifications/webhooks/sending/give-turns.ts';
import { sendWebhooksOf } from '../../../src/notifications/webhooks/sending/send-webhooks.ts';
import { transaction } from '../../../src/platform/database/db.ts';
import { takeTurns } from '../../../src/notifications/webhooks/sending/queries.ts';
import { sendTestWebhook } from '../../../src/notifications/webhooks/log/replay-webhooks.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { inbox } from '../../../testkit/notifications/notification-world.ts';
import { type WebhookWorld, openWebhookWorld } from '../../../testkit/notifications/webhook-world.ts';
import { until } from '../../../testkit/until.ts';

/** Guards that webhooks arrive: signed so that the official library takes them, repeated by the schedule, fair, and in order. */

let world: WebhookWorld;
beforeAll(async () => {
  world = await openWebhookWorld();
});
afterAll(() => world.close());

type Endpoint = Awaited<ReturnType<WebhookWorld['addEndpoint']>>;

/** One turn of one endpoint, as a worker runs it. Other endpoints keep theirs for later. */
async function turn(endpoint: Endpoint): Promise<void> {
  await world.db.execute(sql`update webhook_endpoints set turn_until = null where id = ${endpoint.id}`);
  const turns = await transaction(world.db, takeTurns);
  const own = turns.find(({ endpointId }) => endpointId === endpoint.id);
  if (own !== undefined) await sendWebhooksOf(world.worker, own, AbortSignal.timeout(30_000));
}
const duenow = (endpoint: Endpoint) =>
  world.db.execute(
    sql`update webhook_deliveries set due_at = now() where endpoint_id = ${endpoint.id} and status = 'pending'`,
  );
const unpause = (endpoint: Endpoint) =>
  world.db.execute(sql`update webhook_endpoints set paused_until = null where id = ${endpoint.id}`);

/** An endpoint of our own on the loopback address, for what the sandbox's sink cannot do. */
async function startServer(answer: (response: ServerResponse) => void) {
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    request.resume();
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    calls: () => calls,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

let event: TestEvent;
async function subscribed(options: Parameters<WebhookWorld['addEndpoint']>[1] = {}): Promise<Endpoint> {
  event = await createEvent(world.db);
  return world.addEndpoint(event.organizer, options);
}

test('what a real worker sends is verified by the official library, by both secrets during a rotation', async () => {
  const endpoint = await subscribed();
  const { secret: newer } = await rotateSecret(world.api.service, { actor: endpoint.actor, endpointId: endpoint.id });
  const running = await world.startWorking();
  const orderId = await world.paid(event);
  await sendTestWebhook(world.api.service, { actor: endpoint.actor, endpointId: endpoint.id });
  await until(async () => (await world.received(endpoint.name)).length === 2);
  await until(async () => (await world.deliveries(endpoint.id)).every(({ status }) => status === 'delivered'));
  await running.relay.stop();
  const arrived = await world.received(endpoint.name);
  for (const { headers, body } of arrived) {
    for (const secret of [newer, endpoint.secret]) expect(new Webhook(secret).verify(body, headers)).toBeTruthy();
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
    expect(() => new Webhook(newer).verify(`${body} `, headers)).toThrow();
    expect(headers['content-type']).toBe('application/json');
  }
  const paid = arrived.find(({ body }) => body.includes('order.paid'));
  expect(JSON.parse(paid?.body ?? '{}')).toMatchObject({ type: 'order.paid', data: { orderId } });
  expect(new Set(arrived.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  for (const invariant of webhookInvariants) expect(await invariant.find(world.db)).toEqual([]);
}, 30_000);

test('after the overlap only the new secret signs', async () => {
  const endpoint = await subscribed();
  const { secret } = await rotateSecret(world.api.service, { actor: endpoint.actor, endpointId: endpoint.id });
  await world.db.execute(
    sql`update webhook_endpoints set previous_secret_until = now() - interval '1 second' where id = ${endpoint.id}`,
  );
  await world.paid(event);
  await turn(endpoint);
  const [one] = await world.received(endpoint.name);
  expect(new Webhook(secret).verify(one?.body ?? '', one?.headers ?? {})).toBeTruthy();
  expect(() => new Webhook(endpoint.secret).verify(one?.body ?? '', one?.headers ?? {})).toThrow();
});

test('a failure is repeated by the schedule under the same id, over more than three days, and then given up', async () => {
  expect(retrySeconds.reduce((sum, seconds) => sum + seconds, 0) / 3600).toBeGreaterThan(72);
  const endpoint = await subscribed();
  await world.script(endpoint.name, { status: 500 });
  await world.paid(event);
  for (const [index, seconds] of [...retrySeconds, undefined].entries()) {
    await unpause(endpoint);
    await turn(endpoint);
    const [delivery] = await world.deliveries(endpoint.id);
    expect(delivery).toMatchObject({
      tries: index + 1,
      failure: 'status',
      status: seconds === undefined ? 'failed' : 'pending',
    });
    if (seconds !== undefined) {
      expect(delivery?.wait).toBeGreaterThan(seconds - 5);
      expect(delivery?.wait).toBeLessThanOrEqual(seconds * 1.1);
    }
    await duenow(endpoint);
  }
  const arrived = await world.received(endpoint.name);
  expect(arrived).toHaveLength(retrySeconds.length + 1);
  expect(new Set(arrived.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(new Set(arrived.map(({ body }) => body)).size).toBe(1);
});

test('five failures open the circuit; then one call probes it, and a success closes it', async () => {
  const endpoint = await subscribed();
  await world.script(endpoint.name, { status: 500 });
  for (let n = 0; n < 12; n += 1) await world.paid(event);
  await turn(endpoint);
  expect(await world.received(endpoint.name)).toHaveLength(10);
  const opened = await world.endpoint(endpoint.id);
  expect(opened).toMatchObject({ failures: 5, status: 'active' });
  expect(opened.pause).toBeGreaterThan(25);
  await turn(endpoint);
  expect(await world.received(endpoint.name)).toHaveLength(10);
  await unpause(endpoint);
  await turn(endpoint);
  expect(await world.received(endpoint.name)).toHaveLength(11);
  expect((await world.endpoint(endpoint.id)).pause).toBeGreaterThan(55);
  await world.script(endpoint.name, { status: 200 });
  await unpause(endpoint);
  await duenow(endpoint);
  await turn(endpoint);
  expect(await world.received(endpoint.name)).toHaveLength(23);
  expect(await world.endpoint(endpoint.id)).toMatchObject({ failures: 0, pause: null });
  expect((await world.deliveries(endpoint.id)).every(({ status }) => status === 'delivered')).toBe(true);
});

test.each([429, 503])('%i with Retry-After pauses the endpoint for that long', async (status) => {
  const server = await startServer((response) => response.writeHead(status, { 'retry-after': '120' }).end());
  const endpoint = await subscribed({ url: server.url });
  await world.paid(event);
  await turn(endpoint);
  const { pause } = await world.endpoint(endpoint.id);
  expect(pause).toBeGreaterThan(115);
  expect(pause).toBeLessThanOrEqual(120);
  expect((await world.deliveries(endpoint.id))[0]?.wait).toBeGreaterThan(115);
  server.close();
});

test('410 disables the endpoint at once, and its owners get a mail', async () => {
  const endpoint = await subscribed();
  await world.script(endpoint.name, { status: 410 });
  await world.signedIn(event.organizer, 'manager');
  const running = await world.startWorking();
  await world.paid(event);
  await until(async () => (await world.endpoint(endpoint.id)).disabled_reason === 'gone');
  const owner = await world.db.execute<{ email: string }>(
    sql`select email from staff where organizer_id = ${event.organizer.id} and role = 'owner'`,
  );
  await until(async () => (await inbox(world.sandbox, owner[0]?.email ?? '')).length === 1, 15_000);
  const [mail] = await inbox(world.sandbox, owner[0]?.email ?? '');
  expect(mail?.text).toContain('410 Gone');
  expect(mail?.text).not.toContain(endpoint.name);
  const mails = await world.db.execute(sql`select from deliveries where subject_id = ${endpoint.id}`);
  expect(mails).toHaveLength(1);
  await world.paid(event);
  expect(await world.received(endpoint.name)).toHaveLength(1);
  expect(await world.deliveries(endpoint.id)).toHaveLength(1);
  await running.relay.stop();
}, 30_000);

test('an endpoint that takes nothing for three days is disabled; one success in between starts the days again', async () => {
  const endpoint = await subscribed();
  await world.script(endpoint.name, { status: 500 });
  await world.paid(event);
  const failFor = async (hours: number) => {
    await world.db.execute(
      sql`update webhook_endpoints set failing_since = now() - make_interval(hours => ${hours}) where id = ${endpoint.id}`,
    );
    await unpause(endpoint);
    await duenow(endpoint);
    await turn(endpoint);
    return (await world.endpoint(endpoint.id)).disabled_reason;
  };
  expect(await failFor(71)).toBeNull();
  await world.script(endpoint.name, { status: 200 });
  expect(await failFor(100)).toBeNull();
  await world.script(endpoint.name, { status: 500 });
  await world.paid(event);
  await turn(endpoint);
  expect(await failFor(71)).toBeNull();
  expect(await failFor(73)).toBe('failing');
  const [audit] = await world.db.execute(
    sql`select actor_kind, changes from audit_log where subject_id = ${endpoint.id} and act = 'webhook.disabled'`,
  );
  expect(audit).toEqual({ actor_kind: 'system', changes: { reason: 'failing' } });
});

test('webhooks of one order come in their order, also when the first one fails; others do not wait', async () => {
  const endpoint = await subscribed({ types: ['order.paid', 'order.refunded'] });
  const first = await world.paid(event);
  await world.script(endpoint.name, { status: 500, times: 1 });
  await turn(endpoint);
  await world.db.execute(sql`select revoke_tickets(${event.id}, ${first}, null, true, 'refunded', 'requested')`);
  const other = await world.paid(event);
  await turn(endpoint);
  const seen = async () =>
    (await world.received(endpoint.name)).map(({ body }) => {
      const { type, data } = JSON.parse(body) as { type: string; data: { orderId: string } };
      return `${type} ${data.orderId}`;
    });
  expect(await seen()).toEqual([`order.paid ${first}`, `order.paid ${other}`]);
  await duenow(endpoint);
  await turn(endpoint);
  expect((await seen()).slice(2)).toEqual([`order.paid ${first}`, `order.refunded ${first}`]);
});

test('a body without end costs a bounded time; a redirect is a failure', async () => {
  const endless = await startServer((response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(Buffer.alloc(65_536)), 1);
    response.on('close', () => clearInterval(timer));
  });
  const endpoint = await subscribed({ url: endless.url });
  await world.paid(event);
  const started = performance.now();
  await turn(endpoint);
  // The head says that it was taken; the body is nobody's business.
  expect((await world.deliveries(endpoint.id))[0]).toMatchObject({ status: 'delivered' });
  expect(performance.now() - started).toBeLessThan(5000);
  endless.close();
  const redirecting = await startServer((response) =>
    response.writeHead(301, { location: 'http://127.0.0.1:1/' }).end(),
  );
  const redirected = await subscribed({ url: redirecting.url });
  await world.paid(event);
  await turn(redirected);
  expect((await world.deliveries(redirected.id))[0]).toMatchObject({ failure: 'redirect' });
  redirecting.close();
});

test('a slow endpoint delays no other, and a turn that two workers have sends nothing twice', async () => {
  const server = await startServer((response) => setTimeout(() => response.end(), 3000));
  const slow = await subscribed({ url: server.url });
  for (let n = 0; n < 3; n += 1) await world.paid(event);
  const quick = await subscribed();
  await world.paid(event);
  await world.db.execute(sql`update webhook_endpoints set turn_until = null`);
  const turns = await transaction(world.db, takeTurns);
  const of = (endpoint: Endpoint) =>
    turns.find(({ endpointId }) => endpointId === endpoint.id) ?? { endpointId: '', turn: 0 };
  const slowTurn = sendWebhooksOf(world.worker, of(slow), AbortSignal.timeout(30_000));
  // Control: two workers that only look both find it.
  const due = sql`select webhook_id from webhook_deliveries where endpoint_id = ${quick.id} and status = 'pending' and due_at <= now()`;
  expect((await Promise.all([world.db.execute(due), world.db.execute(due)])).map((found) => found.length)).toEqual([
    1, 1,
  ]);
  const started = performance.now();
  const twice = [1, 2].map(() => sendWebhooksOf(world.worker, of(quick), AbortSignal.timeout(30_000)));
  await Promise.all(twice);
  expect(performance.now() - started).toBeLessThan(1500);
  expect(await world.received(quick.name)).toHaveLength(1);
  expect(await giveWebhookTurns({ db: world.db })).toBe(0);
  await slowTurn;
  expect(server.calls()).toBe(3);
  expect((await world.deliveries(slow.id)).map(({ status }) => status)).toEqual([
    'delivered',
    'delivered',
    'delivered',
  ]);
  server.close();
}, 30_000);

test('a turn that is over, and an endpoint that was deleted meanwhile, send nothing', async () => {
  const endpoint = await subscribed();
  await world.paid(event);
  await world.db.execute(sql`update webhook_endpoints set turn_until = null where id = ${endpoint.id}`);
  const turns = await transaction(world.db, takeTurns);
  const own = turns.find(({ endpointId }) => endpointId === endpoint.id) ?? { endpointId: '', turn: 0 };
  await sendWebhooksOf(world.worker, { ...own, turn: own.turn - 1 }, AbortSignal.timeout(5000));
  await world.db.execute(sql`update webhook_endpoints set status = 'deleted' where id = ${endpoint.id}`);
  await sendWebhooksOf(world.worker, own, AbortSignal.timeout(5000));
  expect(await world.received(endpoint.name)).toEqual([]);
});
