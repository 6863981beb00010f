import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';

/** Guards that only callbacks are without a limit: an address that is not served is not one of them. */

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

const forged = JSON.stringify({
  order_id: 'pay_00000000000000000000000001',
  status_code: '200',
  gross_amount: '150000.00',
  signature_key: 'f'.repeat(128),
});

it.each([
  ['no JSON', 'nothing', 'callback.malformed'],
  ['a wrong signature', forged, 'callback.signature_invalid'],
])(
  '%s is answered alike on the connection and, in another spelling of the address, by the router',
  async (_, body, code) => {
    const answers = await Promise.all(
      ['/v1/callbacks/midtrans/demo', '/v1/callbacks/midtrans/demo?again=1'].map(async (path) => {
        const answer = await api.fetch(path, { method: 'POST', body });
        const { requestId, ...problem } = (await answer.json()) as { requestId: string };
        expect(requestId).toMatch(/^req_/);
        return { status: answer.status, type: answer.headers.get('content-type'), problem };
      }),
    );
    expect(answers[0]).toMatchObject({ status: 400, type: 'application/problem+json', problem: { code } });
    expect(answers[1]).toEqual(answers[0]);
  },
);

it('forged callbacks are refused after a while on the connection, too', async () => {
  const statuses: number[] = [];
  for (let request = 0; request < 70; request += 1) {
    statuses.push((await api.fetch('/v1/callbacks/midtrans/forged', { method: 'POST', body: forged })).status);
  }
  expect(statuses.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => 400));
  expect(statuses.at(-1)).toBe(429);
});
