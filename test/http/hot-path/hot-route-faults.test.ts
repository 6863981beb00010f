import { afterEach, expect, test } from 'vitest';
import type { Answer } from '../../../src/http/hot-path/answer.ts';
import { type HotRoutesDeps, createHotRoutes } from '../../../src/http/hot-path/hot-routes.ts';
import { type Serving, serve } from '../../../src/http/server/serve.ts';
import { problems } from '../../../src/problems.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';

/** Guards that an internal fault on the hot path is answered, and does not end the process. */

let serving: Serving;
afterEach(() => serving.close());

type Decide = HotRoutesDeps['decide'];
const letPass: Decide = () => ({});
const placed: Answer = { status: 201, body: '{}' };

async function ask(decide: Decide, answer: () => Promise<Answer>) {
  const { take } = createHotRoutes({
    routes: [{ method: 'POST', route: '/hot', match: (path) => (path === '/hot' ? '' : undefined), answer }],
    decide,
    log: silentLog,
    problems,
    crossOrigin: () => undefined,
  });
  serving = await serve({ take, fetch: () => new Response('no') }, { host: '127.0.0.1', port: 0, reusePort: false });
  const response = await fetch(`http://127.0.0.1:${serving.port}/hot`, { method: 'POST', body: '{}' });
  return { status: response.status, text: await response.text() };
}

const thrown = () => {
  throw new Error('secret');
};

test.each<[string, Decide, () => Promise<Answer>]>([
  ['in the decision', thrown, async () => placed],
  ['in a decision that had to wait', async () => thrown(), async () => placed],
  ['in the work', letPass, async () => thrown()],
  ['in the answer', letPass, async () => ({ ...placed, headers: { location: 'two\nlines' } })],
])('a fault %s is a 500 that reveals nothing', async (_where, decide, answer) => {
  const { status, text } = await ask(decide, answer);
  expect([status, JSON.parse(text)]).toMatchObject([500, { code: 'internal' }]);
  expect(text).not.toContain('secret');
});
