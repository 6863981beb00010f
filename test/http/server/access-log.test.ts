import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { openApiDocument } from '../../../src/http/contract/api-docs.ts';
import { createObserveRequest } from '../../../src/http/server/observe-request.ts';
import { templateOf } from '../../../src/http/contract/route-template.ts';
import type { Log } from '../../../src/platform/log.ts';
import { registry } from '../../../src/platform/metrics.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/** Guards that each line about a request says which route answered and how, in the spelling of the contract. */

type Line = { readonly route?: string; readonly status?: number; readonly method?: string; readonly count?: number };

let world: TestService;
let app: ReturnType<typeof createApp>;
let lines: Line[];

beforeAll(async () => {
  world = await startTestService({ REQUESTS_PER_MINUTE_PER_NETWORK: '1000000' });
  const log = { ...world.service.log, ...logInto(() => lines) } as unknown as Log;
  app = createApp({ ...world.service, log });
});
afterAll(() => world?.close());
afterEach(() => void vi.useRealTimers());

const logInto = (target: () => Line[]) => ({
  info: (facts: Line) => void target().push(facts),
  warn: () => {},
  error: () => {},
});

async function ask(method: string, path: string) {
  lines = [];
  const response = await app.fetch(new Request(`http://localhost${path}`, { method }));
  await response.arrayBuffer();
  return response.status;
}

/** Each route of the router, except the callback that is counted instead. */
const routes = () =>
  app.routes.flatMap(({ method, path }) => {
    const template = templateOf(path);
    return template === undefined || method === 'ALL' || template.startsWith('/v1/callbacks/midtrans')
      ? []
      : [{ method, template }];
  });

describe('the line of a request', () => {
  test('names the route and the status, for every route', async () => {
    expect(routes().length).toBeGreaterThan(80);
    for (const [index, { method, template }] of routes().entries()) {
      // One network requests everything without a credential; the limit on that is not the subject here.
      if (index % 100 === 99) await world.service.redis.flushdb();
      // An address of its own for each, because cached answers are sent before there is a log line.
      const status = await ask(method, `${template.replaceAll(/\{\w+\}/g, `x${index}`)}?unknown=${index}`);
      expect([template, status, lines.length]).toEqual([template, status, 1]);
      const [line] = lines;
      expect([template, line?.status, line?.method]).toEqual([template, status, method]);
      // Two templates of one shape share an address, of which the first answers.
      expect(routes().map((route) => route.template)).toContain(line?.route);
      expect(line?.route?.replaceAll(/\{\w+\}/g, '{}')).toBe(template.replaceAll(/\{\w+\}/g, '{}'));
    }
  });

  test('spells the route as the contract does, and so do metrics', async () => {
    const contract = Object.keys(openApiDocument(world.routes, 'http://localhost').paths ?? {});
    const templates = new Set(routes().map(({ template }) => template));
    for (const path of contract) expect([path, templates.has(path)]).toEqual([path, true]);
    for (const name of ['antre_http_requests_total', 'antre_http_request_seconds']) {
      const { values } = (await registry.getSingleMetric(name)?.get()) ?? { values: [] };
      expect(values.length).toBeGreaterThan(0);
      for (const { labels } of values) {
        const { route } = labels as { route?: string };
        if (route !== 'unrouted') expect([name, route, templates.has(String(route))]).toEqual([name, route, true]);
      }
    }
  });
});

describe('a request without a route', () => {
  test('is counted, and not logged by itself', async () => {
    const count = async () => {
      const { values } = (await registry.getSingleMetric('antre_http_requests_total')?.get()) ?? { values: [] };
      return values
        .filter(({ labels }) => (labels as { route?: string }).route === 'unrouted')
        .reduce((sum, { value }) => sum + value, 0);
    };
    const before = await count();
    const logged: Line[] = [];
    for (let time = 0; time < 300; time += 1) {
      await ask(time % 2 === 0 ? 'GET' : 'POST', `/robots/tried/${time}`);
      logged.push(...lines);
    }
    expect((await count()) - before).toBe(300);
    expect(logged.length).toBeLessThanOrEqual(2);
    for (const { route, status } of logged) expect([route, status]).toEqual(['unrouted', 404]);
  });

  test('is summed up by status every ten seconds', () => {
    vi.useFakeTimers();
    const seen: Line[] = [];
    const observe = createObserveRequest(logInto(() => seen) as unknown as Log);
    const answered = (status: number, method = 'GET') => observe().answered(undefined, method, status);
    answered(404);
    for (let time = 0; time < 50; time += 1) answered(404, 'BREW');
    for (let time = 0; time < 7; time += 1) answered(400);
    expect(seen).toMatchObject([{ route: 'unrouted', status: 404, method: 'GET' }]);
    vi.advanceTimersByTime(10_000);
    expect(seen.slice(1)).toEqual([
      { route: 'unrouted', status: 404, count: 50, seconds: 10 },
      { route: 'unrouted', status: 400, count: 7, seconds: 10 },
    ]);
    vi.advanceTimersByTime(60_000);
    expect(seen).toHaveLength(3);
    answered(404, 'BREW');
    expect(seen.at(-1)).toMatchObject({ route: 'unrouted', status: 404, method: 'OTHER' });
  });

  test('does not replace the lines of routes', () => {
    const seen: Line[] = [];
    const observe = createObserveRequest(logInto(() => seen) as unknown as Log);
    for (let time = 0; time < 20; time += 1) observe().answered('/v1/orders/{id}', 'GET', 200);
    expect(seen).toHaveLength(20);
  });
});
