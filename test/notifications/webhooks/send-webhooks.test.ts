import { sql } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rotateSecret } from '../../../src/notifications/webhooks/endpoints/change-endpoint.ts';
import { webhookInvariants } from '../../../src/notifications/webhooks/invariants.ts';
import { giveWebhookTurns } from '../../../src/notifications/webhooks/sending/give-turns.ts';
import { sendWebhooksOf } from '../../../src/notifications/webhooks/sending/send-webhooks.ts';
import { transaction } from '../../../src/platform/database/db.ts';
import { takeTurns } from '../../../src/notifications/webhooks/sending/queries.ts';
import { sendTestWebhook } from '../../../src/notifications/webhooks/log/replay-webhooks.ts';
import { until } from '../../../testkit/until.ts';
import { type Turns, openTurns, startServer } from './support/turns.ts';

/** Guards that webhooks arrive: signed so that the official library takes them, once, and in order. */

let world: Turns['world'];
let subscribed: Turns['subscribed'];
let turn: Turns['turn'];
let makeDue: Turns['makeDue'];
let takeTurnOf: Turns['takeTurnOf'];
beforeAll(async () => {
  ({ world, subscribed, turn, makeDue, takeTurnOf } = await openTurns());
});
afterAll(() => world.close());

test('the official library verifies what a real worker sends, by both secrets during a rotation', async () => {
  const endpoint = await subscribed();
  const { secret: newer } = await rotateSecret(world.api.service, { actor: endpoint.actor, endpointId: endpoint.id });
  const running = await world.startWorking();
  const orderId = await world.paid(endpoint.event);
  await sendTestWebhook(world.api.service, { actor: endpoint.actor, endpointId: endpoint.id });
  await until(async () => (await world.received(endpoint.name)).length === 2);
  await until(async () => (await world.deliveries(endpoint.id)).every(({ status }) => status === 'delivered'));
  await running.stop();
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
});

test('after the overlap only the new secret signs', async () => {
  const endpoint = await subscribed();
  const { secret } = await rotateSecret(world.api.service, { actor: endpoint.actor, endpointId: endpoint.id });
  await world.db.execute(
    sql`update webhook_endpoints set previous_secret_until = now() - interval '1 second' where id = ${endpoint.id}`,
  );
  await world.paid(endpoint.event);
  await turn(endpoint);
  const [one] = await world.received(endpoint.name);
  expect(new Webhook(secret).verify(one?.body ?? '', one?.headers ?? {})).toBeTruthy();
  expect(() => new Webhook(endpoint.secret).verify(one?.body ?? '', one?.headers ?? {})).toThrow();
});

test('webhooks of one order arrive in order, even when the first one fails; other orders do not wait', async () => {
  const endpoint = await subscribed({ types: ['order.paid', 'order.refunded'] });
  const first = await world.paid(endpoint.event);
  await world.script(endpoint.name, { status: 500, times: 1 });
  await turn(endpoint);
  await world.db.execute(
    sql`select revoke_tickets(${endpoint.event.id}, ${first}, null, true, 'refunded', 'requested')`,
  );
  const other = await world.paid(endpoint.event);
  await turn(endpoint);
  const seen = async () =>
    (await world.received(endpoint.name)).map(({ body }) => {
      const { type, data } = JSON.parse(body) as { type: string; data: { orderId: string } };
      return `${type} ${data.orderId}`;
    });
  expect(await seen()).toEqual([`order.paid ${first}`, `order.paid ${other}`]);
  await makeDue(endpoint);
  await turn(endpoint);
  expect((await seen()).slice(2)).toEqual([`order.paid ${first}`, `order.refunded ${first}`]);
});

test('a body without end takes a bounded time; a redirect is a failure', async () => {
  const endless = await startServer((response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(Buffer.alloc(65_536)), 1);
    response.on('close', () => clearInterval(timer));
  });
  const endpoint = await subscribed({ url: endless.url });
  await world.paid(endpoint.event);
  const started = performance.now();
  await turn(endpoint);
  // The head says that it was accepted; the body does not matter.
  expect((await world.deliveries(endpoint.id))[0]).toMatchObject({ status: 'delivered' });
  expect(performance.now() - started).toBeLessThan(5000);
  endless.close();
  const redirecting = await startServer((response) =>
    response.writeHead(301, { location: 'http://127.0.0.1:1/' }).end(),
  );
  const redirected = await subscribed({ url: redirecting.url });
  await world.paid(redirected.event);
  await turn(redirected);
  expect((await world.deliveries(redirected.id))[0]).toMatchObject({ failure: 'redirect' });
  redirecting.close();
});

test('a slow endpoint delays no other, and two workers with one turn send nothing twice', async () => {
  const released = Promise.withResolvers<void>();
  const server = await startServer((response) => void released.promise.then(() => response.end()));
  const slow = await subscribed({ url: server.url });
  for (let n = 0; n < 3; n += 1) await world.paid(slow.event);
  const quick = await subscribed();
  await world.paid(quick.event);
  await world.db.execute(sql`update webhook_endpoints set turn_until = null`);
  const turns = await transaction(world.db, takeTurns);
  const of = (endpoint: { id: string }) =>
    turns.find(({ endpointId }) => endpointId === endpoint.id) ?? { endpointId: '', turn: 0 };
  const slowTurn = sendWebhooksOf(world.worker, of(slow), AbortSignal.timeout(30_000));
  // Control: two workers that only look both find it.
  const due = sql`select webhook_id from webhook_deliveries where endpoint_id = ${quick.id} and status = 'pending' and due_at <= now()`;
  expect((await Promise.all([world.db.execute(due), world.db.execute(due)])).map((found) => found.length)).toEqual([
    1, 1,
  ]);
  const twice = [1, 2].map(() => sendWebhooksOf(world.worker, of(quick), AbortSignal.timeout(30_000)));
  await Promise.all(twice);
  expect(await world.received(quick.name)).toHaveLength(1);
  expect(await giveWebhookTurns({ db: world.db })).toBe(0);
  // Of the calls that are held, none has ended. A turn that had waited for them would have found them too late.
  released.resolve();
  await slowTurn;
  expect(server.calls()).toBe(3);
  expect((await world.deliveries(slow.id)).map(({ status }) => status)).toEqual([
    'delivered',
    'delivered',
    'delivered',
  ]);
  server.close();
});

test('an expired turn sends nothing, nor does a turn of a deleted endpoint', async () => {
  const endpoint = await subscribed();
  await world.paid(endpoint.event);
  const own = (await takeTurnOf(endpoint)) ?? { endpointId: '', turn: 0 };
  await sendWebhooksOf(world.worker, { ...own, turn: own.turn - 1 }, AbortSignal.timeout(5000));
  await world.db.execute(sql`update webhook_endpoints set status = 'deleted' where id = ${endpoint.id}`);
  await sendWebhooksOf(world.worker, own, AbortSignal.timeout(5000));
  expect(await world.received(endpoint.name)).toEqual([]);
});
