import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';

let world: TestService;
beforeAll(async () => {
  world = await startTestService();
});
afterAll(() => world.close());

test('a browser gets a page for an unknown address, a program gets a problem document', async () => {
  const page = await world.fetch('/nowhere', { headers: { accept: 'text/html,*/*;q=0.8' } });
  expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  for (const [path, accept] of [
    ['/nowhere', '*/*'],
    ['/v1/nowhere', 'text/html'],
  ] as const) {
    const problem = await world.fetch(path, { headers: { accept } });
    expect([problem.status, problem.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  }
});
