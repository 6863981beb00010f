import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeEndpoint } from '../../../src/notifications/webhooks/endpoints/change-endpoint.ts';
import { retrySeconds } from '../../../src/notifications/webhooks/limits.ts';
import { inbox } from '../../../testkit/notifications/notification-world.ts';
import { until } from '../../../testkit/until.ts';
import { type Turns, openTurns, startServer } from './support/turns.ts';

/** Guards the treatment of a failing endpoint: repeats by the schedule, a pause, and in the end no more webhooks. */

let world: Turns['world'];
let subscribed: Turns['subscribed'];
let turn: Turns['turn'];
let makeDue: Turns['makeDue'];
let unpause: Turns['unpause'];
beforeAll(async () => {
  ({ world, subscribed, turn, makeDue, unpause } = await openTurns());
});
afterAll(() => world.close());

test('a failure is repeated by the schedule under the same id, over more than three days, and then given up', async () => {
  expect(retrySeconds.reduce((sum, seconds) => sum + seconds, 0) / 3600).toBeGreaterThan(72);
  const endpoint = await subscribed();
  await world.script(endpoint.name, { status: 500 });
  await world.paid(endpoint.event);
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
    await makeDue(endpoint);
  }
  const arrived = await world.received(endpoint.name);
  expect(arrived).toHaveLength(retrySeconds.length + 1);
  expect(new Set(arrived.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(new Set(arrived.map(({ body }) => body)).size).toBe(1);
});

test('five failures open the circuit; then one call probes it, and a success closes it', async () => {
  const endpoint = await subscribed();
  await world.script(endpoint.name, { status: 500 });
  for (let n = 0; n < 12; n += 1) await world.paid(endpoint.event);
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
  await makeDue(endpoint);
  await turn(endpoint);
  expect(await world.received(endpoint.name)).toHaveLength(23);
  expect(await world.endpoint(endpoint.id)).toMatchObject({ failures: 0, pause: null });
  expect((await world.deliveries(endpoint.id)).every(({ status }) => status === 'delivered')).toBe(true);
});

test.each([429, 503])('%i with Retry-After pauses the endpoint for that long', async (status) => {
  const server = await startServer((response) => response.writeHead(status, { 'retry-after': '120' }).end());
  const endpoint = await subscribed({ url: server.url });
  await world.paid(endpoint.event);
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
  await world.signedIn(endpoint.event.organizer, 'manager');
  const running = await world.startWorking();
  await world.paid(endpoint.event);
  await until(async () => (await world.endpoint(endpoint.id)).disabled_reason === 'gone');
  const owner = await world.db.execute<{ email: string }>(
    sql`select email from staff where organizer_id = ${endpoint.event.organizer.id} and role = 'owner'`,
  );
  await until(async () => (await inbox(world.sandbox, owner[0]?.email ?? '')).length === 1);
  const [mail] = await inbox(world.sandbox, owner[0]?.email ?? '');
  expect(mail?.text).toContain('410 Gone');
  expect(mail?.text).not.toContain(endpoint.name);
  const mails = await world.db.execute(sql`select from deliveries where subject_id = ${endpoint.id}`);
  expect(mails).toHaveLength(1);
  await world.paid(endpoint.event);
  expect(await world.received(endpoint.name)).toHaveLength(1);
  expect(await world.deliveries(endpoint.id)).toHaveLength(1);
  await running.stop();
});

test('an answer from the address that an endpoint had before says nothing about its new one', async () => {
  let move = async () => {};
  const server = await startServer((response) => void move().then(() => response.writeHead(410).end()));
  const endpoint = await subscribed({ url: server.url });
  const url = `${world.sandbox.url}/webhook-sink/${endpoint.name}`;
  move = async () => {
    await changeEndpoint(world.api.service, { actor: endpoint.actor, endpointId: endpoint.id, values: { url } });
  };
  await world.paid(endpoint.event);
  await turn(endpoint);
  expect(await world.endpoint(endpoint.id)).toMatchObject({ status: 'active', failures: 0, pause: null });
  await makeDue(endpoint);
  await turn(endpoint);
  expect(await world.received(endpoint.name)).toHaveLength(1);
  server.close();
});

test('an endpoint that fails for three days is disabled; one success in between starts the days again', async () => {
  const endpoint = await subscribed();
  await world.script(endpoint.name, { status: 500 });
  await world.paid(endpoint.event);
  const failFor = async (hours: number) => {
    await world.db.execute(
      sql`update webhook_endpoints set failing_since = now() - make_interval(hours => ${hours}) where id = ${endpoint.id}`,
    );
    await unpause(endpoint);
    await makeDue(endpoint);
    await turn(endpoint);
    return (await world.endpoint(endpoint.id)).disabled_reason;
  };
  expect(await failFor(71)).toBeNull();
  await world.script(endpoint.name, { status: 200 });
  expect(await failFor(100)).toBeNull();
  await world.script(endpoint.name, { status: 500 });
  await world.paid(endpoint.event);
  await turn(endpoint);
  expect(await failFor(71)).toBeNull();
  expect(await failFor(73)).toBe('failing');
  const [audit] = await world.db.execute(
    sql`select actor_kind, changes from audit_log where subject_id = ${endpoint.id} and act = 'webhook.disabled'`,
  );
  expect(audit).toEqual({ actor_kind: 'system', changes: { reason: 'failing' } });
});
