import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { operatorRoutes } from '../../src/operator-routes.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { idsWithJob } from '../../src/platform/jobs/staged-jobs.ts';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';
import { deadLettersCommand } from '../../workers/dead-letters.ts';

/** Guards that operators can list, look at, replay and discard jobs that were given up, and that nobody else can. */

const token = 'test-only-operations-token-0123456789';
let api: TestService;
beforeAll(async () => {
  api = await startTestService({ OPERATIONS_TOKEN: token });
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.service.db.execute(sql`delete from dead_letters`);
  await api.service.db.execute(sql`delete from outbox`);
});

async function bury(name: string, count: number): Promise<void> {
  await api.service.db.execute(sql`
    insert into dead_letters (outbox_id, name, payload, failure, staged_at)
    select coalesce((select max(outbox_id) from dead_letters), 0) + n, ${name}, jsonb_build_object('deliveryId', n), 'TypeError', now()
    from generate_series(1, ${count}::int) n`);
}

async function ask(method: string, path: string, authorization = `Bearer ${token}`) {
  const response = await operatorRoutes(api.service)?.request(path, { method, headers: { authorization } });
  const text = (await response?.text()) ?? '';
  return { status: response?.status, body: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown> };
}

const ids = (body: Record<string, unknown>) => (body['data'] as { id: string }[]).map(({ id }) => id);
const staged = () => rowsOf<{ name: string; payload: unknown }>(api.service.db, sql`select name, payload from outbox`);

test('the operations port lists them by page and by job, newest first, and shows one', async () => {
  await bury('delivery.send', 3);
  await bury('order.paid', 2);
  const first = await ask('GET', '/dead-letters?limit=4');
  expect(ids(first.body)).toHaveLength(4);
  const rest = await ask('GET', `/dead-letters?limit=4&cursor=${String(first.body['nextCursor'])}`);
  const all = [...ids(first.body), ...ids(rest.body)].map(Number);
  expect(all).toEqual(all.toSorted((one, other) => other - one));
  expect(new Set(all).size).toBe(5);
  expect(ids((await ask('GET', '/dead-letters?name=order.paid')).body)).toHaveLength(2);
  expect((await ask('GET', `/dead-letters/${all[4]}`)).body).toMatchObject({
    name: 'delivery.send',
    failure: 'TypeError',
    payload: { deliveryId: 1 },
    failedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  });
});

test('one is replayed or discarded, once; all of a kind are replayed', async () => {
  await bury('delivery.send', 3);
  const [third, second, first] = ids((await ask('GET', '/dead-letters')).body);
  expect(await ask('POST', `/dead-letters/${first}/replay`)).toMatchObject({ status: 200, body: { replayed: 1 } });
  expect(await staged()).toEqual([{ name: 'delivery.send', payload: { deliveryId: 1 } }]);
  expect((await ask('POST', `/dead-letters/${first}/replay`)).status).toBe(404);
  expect((await ask('DELETE', `/dead-letters/${second}`)).status).toBe(204);
  expect((await ask('DELETE', `/dead-letters/${second}`)).status).toBe(404);
  await bury('delivery.send', 1);
  await bury('order.paid', 1);
  expect((await ask('POST', '/dead-letters/replay?name=delivery.send')).body).toEqual({ replayed: 2 });
  expect(ids((await ask('GET', '/dead-letters')).body)).toHaveLength(1);
  expect(await staged()).toHaveLength(3);
  expect((await ask('GET', `/dead-letters/${third}`)).status).toBe(404);
});

test('without the token, or with invalid input, nothing happens', async () => {
  await bury('delivery.send', 1);
  const [id] = ids((await ask('GET', '/dead-letters')).body);
  for (const [method, path] of [
    ['GET', '/dead-letters'],
    ['GET', `/dead-letters/${id}`],
    ['POST', `/dead-letters/${id}/replay`],
    ['POST', '/dead-letters/replay?name=delivery.send'],
    ['DELETE', `/dead-letters/${id}`],
  ] as const) {
    for (const wrong of ['', 'Bearer wrong', `Basic ${Buffer.from(`any:${token}`).toString('base64')}`])
      expect((await ask(method, path, wrong)).status).toBe(401);
  }
  expect((await ask('GET', '/dead-letters?cursor=!')).body).toMatchObject({ code: 'request.invalid' });
  expect((await ask('GET', '/dead-letters?limit=0')).body).toMatchObject({ code: 'request.invalid' });
  expect((await ask('POST', '/dead-letters/replay')).body).toMatchObject({ code: 'request.invalid' });
  expect((await ask('GET', '/dead-letters/x')).status).toBe(404);
  expect(ids((await ask('GET', '/dead-letters')).body)).toEqual([id]);
});

test('the command does the same', async () => {
  const { db } = api.service;
  await bury('delivery.send', 2);
  const listed = await deadLettersCommand(db, ['list', 'delivery.send']);
  expect(listed).toEqual({
    lines: [expect.stringContaining('{"deliveryId":2}'), expect.stringContaining('TypeError')],
  });
  const [id = ''] = ids((await ask('GET', '/dead-letters')).body);
  expect(await deadLettersCommand(db, ['show', id])).toEqual({ lines: [expect.stringContaining('"deliveryId": 2')] });
  expect(await deadLettersCommand(db, ['discard', id])).toEqual({ lines: [`dead letter ${id} is discarded`] });
  expect(await deadLettersCommand(db, ['replay', 'delivery.send'])).toEqual({
    lines: ['1 dead letters of delivery.send are staged again'],
  });
  expect(await deadLettersCommand(db, ['list'])).toEqual({ lines: ['no dead letters'] });
  for (const act of ['show', 'replay', 'discard']) {
    await expect(deadLettersCommand(db, [act, id])).rejects.toThrow(`there is no dead letter ${id}`);
  }
  for (const wrong of [[], ['replay'], ['discard', 'delivery.send'], ['show', '1', '2'], ['list', "'; drop"]]) {
    expect(await deadLettersCommand(db, wrong)).toHaveProperty('faults');
  }
});

test.each([
  [1, 1],
  [2, 2],
  [3, 4],
  [12, 60],
])(
  'work whose job was given up %i times today gets none for %i minutes; other work gets one',
  async (times, minutes) => {
    const ids = idsWithJob([{ name: 'delivery.send' }], 'deliveryId');
    const resting = () =>
      rowsOf<{ id: string }>(
        api.service.db,
        sql`select id from unnest(array['one', 'other']) as work (id) where id in ${ids}`,
      );
    const give = (name: string, secondsAgo: number) =>
      api.service.db.execute(sql`
    insert into dead_letters (outbox_id, name, payload, failure, staged_at, failed_at)
    select coalesce((select max(outbox_id) from dead_letters), 0) + n, ${name}, '{"deliveryId": "one"}', 'TypeError', now(),
      now() - make_interval(secs => ${secondsAgo}) from generate_series(1, ${times}::int) n`);
    await give('order.paid', 1);
    expect(await resting()).toEqual([]);
    await give('delivery.send', minutes * 60 - 10);
    expect(await resting()).toEqual([{ id: 'one' }]);
    await api.service.db.execute(sql`delete from dead_letters`);
    await give('delivery.send', minutes * 60 + 10);
    expect(await resting()).toEqual([]);
  },
);
