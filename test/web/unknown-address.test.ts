import { afterAll, beforeAll, expect, test } from 'vitest';
import { withinCounted } from '../../src/platform/tracing/scope.ts';
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

test('the page of an event that somebody invents costs one query, though it is made of six documents', () =>
  withinCounted(undefined, async (queries) => {
    expect((await world.fetch('/events/invented')).status).toBe(404);
    expect(queries.calls).toBe(1);
  }));
