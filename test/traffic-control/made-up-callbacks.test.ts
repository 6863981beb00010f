import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';

/** Guards that only callbacks are without a limit: an address that nobody serves is not one of them. */

let api: TestService;
beforeAll(async () => {
  api = await startTestService({ REQUESTS_PER_MINUTE_PER_NETWORK: '20' });
});
afterAll(() => api.close());

it.each([
  ['GET', '/v1/callbacks/nobody'],
  ['POST', '/v1/callbacks/nobody/here'],
  ['DELETE', '/v1/callbacks/midtrans/demo'],
  ['POST', '/v1/callbacks/midtrans/demo/more'],
])('%s %s is limited as any other request', async (method, path) => {
  const statuses: number[] = [];
  for (let request = 0; request < 60; request += 1) statuses.push((await api.fetch(path, { method })).status);
  expect(statuses).toContain(429);
});
