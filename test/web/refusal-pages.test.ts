import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { templateOf } from '../../src/http/contract/route-template.ts';
import type { Decision } from '../../src/traffic-control/decision.ts';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';

/** Guards that every refusal is a page for a browser, and a problem document for a program. */

const person = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('a request for a page', () => {
  let world: TestService;
  let app: ReturnType<typeof createApp>;
  let refuse = (): Decision | undefined => undefined;
  let pages: readonly { method: string; path: string }[];

  beforeAll(async () => {
    world = await startTestService({ REQUESTS_PER_MINUTE_PER_NETWORK: '1000000' });
    const { decide } = world.service;
    app = createApp({ ...world.service, decide: (asked, route) => refuse() ?? decide(asked, route) });
    const found = new Map<string, { method: string; path: string }>();
    for (const { method, path } of app.routes) {
      const template = templateOf(path);
      if (template === undefined || template.startsWith('/v1/') || method === 'ALL') continue;
      found.set(`${method} ${template}`, { method, path: template.replaceAll(/\{\w+\}/g, 'x1') });
    }
    pages = [...found.values()];
  });
  afterAll(() => world?.close());

  const ask = (method: string, path: string, headers: Record<string, string>) =>
    app.fetch(new Request(`http://localhost${path}`, { method, headers }));
  const refusals = () => world.service.traffic.refusals;

  test.each<readonly [why: string, status: number, decision: () => Decision]>([
    ['shed', 503, () => ({ refusal: refusals().overloaded(3) })],
    [
      'switched off',
      503,
      () => ({ refusal: refusals().switched({ code: 'traffic.browse_only', retryAfterSeconds: 3 }) }),
    ],
  ])('that is %s gets a page that loads again by itself, on each route', async (_why, status, decision) => {
    refuse = decision;
    expect(pages.length).toBeGreaterThan(60);
    for (const { method, path } of pages) {
      const answer = await ask(method, path, person);
      expect([path, answer.status]).toEqual([path, status]);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('retry-after')).toBe('3');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      const text = await answer.text();
      expect(text).toContain(method === 'GET' ? '<h1>Sebentar, ya</h1>' : '<h1>Belum terkirim</h1>');
      expect([path, text.includes('<meta name="again" content="3">')]).toEqual([path, method === 'GET']);
    }
  });

  test('says so in the language of the person', async () => {
    refuse = () => ({ refusal: refusals().overloaded(3) });
    const english = await ask('GET', '/events/x1/queue', { ...person, 'accept-language': 'en-GB,en;q=0.9' });
    expect(await english.text()).toContain('<h1>One moment</h1>');
    const asked = await ask('GET', '/events/x1/queue?lang=en', person);
    expect(await asked.text()).toMatch(/<html lang="en">[^]*href="\/\?lang=en"/);
  });

  test('of a program, or for the API, gets a problem document', async () => {
    refuse = () => ({ refusal: refusals().overloaded(3) });
    for (const [path, headers] of [
      ['/events/x1/queue', { accept: '*/*' }],
      ['/v1/events/x1/queue/draws', person],
    ] as const) {
      const answer = await ask('GET', path, headers);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
    }
  });

  test('that breaks tells the id of the request, and does not load again by itself', async () => {
    refuse = () => {
      throw new Error('a fault of ours');
    };
    const answer = await ask('GET', '/find-order', person);
    expect(answer.status).toBe(500);
    const text = await answer.text();
    expect(text).not.toContain('name="again"');
    const id = answer.headers.get('x-request-id') ?? 'none';
    expect(text).toContain(`<strong>${id}</strong>`);
    expect(text).not.toContain('a fault of ours');
  });
});
