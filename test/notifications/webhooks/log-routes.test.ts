import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { replayMax, replaysOfAllPerHourMax, testsPerMinuteMax } from '../../../src/notifications/webhooks/limits.ts';
import { purgeWebhooks } from '../../../src/notifications/webhooks/log/purge-webhooks.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type WebhookWorld, openWebhookWorld } from '../../../testkit/notifications/webhook-world.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';
import { type WebhookDesk, openWebhookDesk } from './support/webhook-desk.ts';

/** Guards the content and duration of the webhook log, and of replays. */

let world: WebhookWorld;
let event: WebhookDesk['event'];
let organizer: WebhookDesk['organizer'];
let owner: WebhookDesk['owner'];
let manager: WebhookDesk['manager'];
let call: WebhookDesk['call'];
let made: WebhookDesk['made'];
beforeAll(async () => {
  world = await openWebhookWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  ({ event, organizer, owner, manager, call, made } = await openWebhookDesk(world));
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

test('a replay sends one webhook, or the undelivered ones since a time, or all of them', async () => {
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

test('replays that follow each other send all facts of one statement, however long it took', async () => {
  const { id } = await made(['order.paid']);
  const count = replayMax + 50;
  // The ids of a statement are made first, and its rows are written a moment later.
  await world.db.execute(sql`
    with made as materialized (select now() - interval '1 hour' as at, left(webhook_id(now() - interval '1 hour'), 15) as prefix)
    insert into webhooks (id, organizer_id, type, subject_id, data, occurred_at)
    select prefix || lpad(n::text, 9, '0'), ${organizer.id}, 'order.paid', 'ord_' || n, '{}', at + interval '200 ms'
    from made, generate_series(1, ${count}::integer) n`);
  const [moment] = await rowsOf<{ since: string }>(
    world.db,
    sql`select iso_time(min(occurred_at)) as since from webhooks where organizer_id = ${organizer.id}`,
  );
  const first = await call('POST', `/${id}/replays`, manager, { since: moment?.since });
  expect(first.json).toEqual({ replayed: replayMax, until: expect.any(String) });
  const second = await call('POST', `/${id}/replays`, manager, { since: first.json['until'] });
  expect(second.json).toEqual({ replayed: count - replayMax, until: null });
  expect(await world.deliveries(id)).toHaveLength(count);
});

test('tests of an endpoint are limited', async () => {
  const { id } = await made();
  for (let n = 0; n < testsPerMinuteMax; n += 1) expect((await call('POST', `/${id}/tests`, owner)).status).toBe(202);
  expect((await call('POST', `/${id}/tests`, owner)).code).toBe('webhook.test_limited');
});

test('everything is sent again twenty times an hour', async () => {
  const { id } = await made();
  const since = new Date(Date.now() - 60_000).toISOString();
  const replay = (include: string) => call('POST', `/${id}/replays`, owner, { since, include });
  for (let n = 0; n < replaysOfAllPerHourMax; n += 1) expect((await replay('all')).status).toBe(202);
  expect((await replay('all')).code).toBe('webhook.replay_limited');
  // Webhooks that nobody has accepted are sent again without a limit.
  expect((await replay('undelivered')).status).toBe(202);
  const another = await made();
  expect((await call('POST', `/${another.id}/replays`, owner, { since, include: 'all' })).status).toBe(202);
});

test('entries of the log are deleted after their days, and those of a deleted endpoint with it', async () => {
  const { id } = await made();
  await world.paid(event);
  const kept = await made();
  await world.paid(event);
  // As if the first one were 31 days old: an id begins with its time.
  await world.db.execute(sql`
    with old as (select webhook_id(now() - interval '31 days') as id, (select min(id) from webhooks where organizer_id = ${organizer.id}) as was),
      moved as (update webhooks m set id = old.id, occurred_at = now() - interval '31 days' from old where m.id = old.was)
    update webhook_deliveries d set webhook_id = old.id from old where d.webhook_id = old.was`);
  await purgeWebhooks({ db: world.db, log: silentLog });
  expect(await world.facts(organizer)).toHaveLength(1);
  expect(await world.deliveries(id)).toHaveLength(1);
  await call('DELETE', `/${id}`, owner);
  await purgeWebhooks({ db: world.db, log: silentLog });
  await purgeWebhooks({ db: world.db, log: silentLog });
  expect(await world.deliveries(id)).toEqual([]);
  expect(await rowsOf(world.db, sql`select from webhook_endpoints where id = ${id}`)).toHaveLength(0);
  expect(await world.deliveries(kept.id)).toHaveLength(1);
});

test('a part of the log that cannot be deleted keeps the others from nothing', async () => {
  const { id } = await made();
  await world.paid(event);
  await world.db.execute(sql`delete from webhook_deliveries where endpoint_id = ${id}`);
  await call('DELETE', `/${id}`, owner);
  const direct = postgres(world.api.directUrl, { max: 1, onnotice: () => {} });
  await direct`create function none_of_it() returns trigger language plpgsql as 'begin raise exception $f$not now$f$; end'`;
  await direct`create trigger none_of_it before delete on webhooks execute function none_of_it()`;
  await expect(purgeWebhooks({ db: world.db, log: silentLog })).rejects.toThrow();
  expect(await rowsOf(world.db, sql`select from webhook_endpoints where id = ${id}`)).toHaveLength(0);
  await direct`drop function none_of_it cascade`;
  await direct.end();
});
