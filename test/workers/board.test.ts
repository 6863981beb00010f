import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestRedis } from '../../testkit/services/redis.ts';
import { openTestQueues } from '../../testkit/processes/worker.ts';
import { boardRoutes } from '../../workers/watching/board-routes.ts';

/** Guards that Bull Board shows the queues to operators only, and changes nothing. */

const token = 'test-only-operations-token-0123456789';
let redis: Awaited<ReturnType<typeof createTestRedis>>;
let open: Awaited<ReturnType<typeof openTestQueues>>;
beforeAll(async () => {
  redis = await createTestRedis();
  open = await openTestQueues(redis.queueUrl);
});
afterAll(async () => {
  await open.close();
  await redis.close();
});

const bearer = `Bearer ${token}`;
const basic = `Basic ${Buffer.from(`operator:${token}`).toString('base64')}`;
const routes = () => boardRoutes({ token, queues: () => open.queues });
const get = (path: string, authorization: string, method = 'GET') =>
  Promise.resolve(routes().request(path, { method, headers: { authorization } }));

test('the token opens the page, as a header or as the password of a browser', async () => {
  for (const authorization of [bearer, basic]) {
    const response = await get('/queues/', authorization);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<base href="/queues/"');
  }
  const page = await (await get('/queues', basic)).text();
  const [script = ''] = /static\/js\/[\w.-]+\.js/.exec(page) ?? [];
  expect((await get(`/queues/${script}`, basic)).status).toBe(200);
  const paths = ['/queues', '/queues/', '/queues/api/queues', `/queues/${script}`];
  const wrong = ['', 'Bearer wrong', `Basic ${Buffer.from('operator:wrong').toString('base64')}`, 'Basic !'];
  for (const path of paths) {
    for (const authorization of wrong) {
      const refused = await get(path, authorization);
      expect([path, refused.status]).toEqual([path, 401]);
      expect(refused.headers.get('www-authenticate')).toContain('Basic');
    }
  }
});

test('it shows all queues and their jobs, and accepts no change', async () => {
  await open.queues.notifications.add('delivery.send', { deliveryId: 'dlv_1' }, { jobId: 'outbox-1', delay: 60_000 });
  const answer = await get('/queues/api/queues?activeQueue=notifications&status=delayed', basic);
  const { queues } = (await answer.json()) as {
    queues: { name: string; readOnlyMode: boolean; counts: { delayed: number } }[];
  };
  expect(queues.map(({ name }) => name).toSorted()).toEqual(Object.keys(open.queues).toSorted());
  expect(queues.every(({ readOnlyMode }) => readOnlyMode)).toBe(true);
  expect(queues.find(({ name }) => name === 'notifications')?.counts.delayed).toBe(1);
  for (const [method, path] of [
    ['PUT', '/queues/api/queues/notifications/pause'],
    ['PUT', '/queues/api/queues/notifications/outbox-1/clean'],
    ['PUT', '/queues/api/queues/notifications/empty'],
    ['DELETE', '/queues/api/queues/notifications/outbox-1'],
  ] as const) {
    expect((await get(path, bearer, method)).status).toBe(404);
  }
  expect(await open.queues.notifications.getJobState('outbox-1')).toBe('delayed');
  expect(await open.queues.notifications.isPaused()).toBe(false);
});

test('before the worker has started it says so', async () => {
  const early = boardRoutes({ token, queues: () => undefined });
  const response = await early.request('/queues', { headers: { authorization: bearer } });
  expect(response.status).toBe(503);
});
