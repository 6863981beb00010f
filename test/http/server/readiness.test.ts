import { expect, test } from 'vitest';
import { type Phase, operationsApp } from '../../../src/http/server/health.ts';

test('a process is ready only while it serves, although its operations port answers before and after', async () => {
  const answers = async (phase: Phase) => {
    const app = operationsApp({ probes: [], phase: () => phase });
    const response = await app.request('/readyz');
    return [response.status, await response.json()];
  };
  expect(await answers('starting')).toEqual([503, { status: 'not_ready', faults: ['starting'] }]);
  expect(await answers('serving')).toEqual([200, { status: 'ready', faults: [] }]);
  expect(await answers('draining')).toEqual([503, { status: 'not_ready', faults: ['draining'] }]);
});
