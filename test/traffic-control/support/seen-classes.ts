import { afterAll, beforeAll } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { templateOf } from '../../../src/http/contract/route-template.ts';
import { type RouteClass } from '../../../src/traffic-control/route-rules.ts';
import { startTestService, type TestService } from '../../../testkit/processes/service.ts';

export type Seen = {
  readonly route: string | undefined;
  readonly class: RouteClass | undefined;
  readonly isStranger: boolean;
};

/**
 * The whole app, and the class that traffic control gave to the last request. Registers its setup and teardown with the
 * calling test file.
 */
export function useSeenClasses() {
  let world: TestService;
  let app: ReturnType<typeof createApp>;
  let seen: Seen | undefined;
  let routes: { method: string; template: string }[];

  beforeAll(async () => {
    world = await startTestService({
      REQUESTS_PER_MINUTE_PER_NETWORK: '1000000',
      TRUSTED_PROXIES: '127.0.0.0/8',
      CORS_ALLOW_ORIGINS: 'https://shop.example',
    });
    const { decide } = world.service;
    app = createApp({
      ...world.service,
      decide: (asked, route) => {
        const decided = decide(asked, route);
        if (decided instanceof Promise) return decided.then((decision) => note(route, decision));
        return note(route, decided);
      },
    });
    const note = <Decision extends object>(route: string | undefined, decision: Decision): Decision => {
      seen = {
        route,
        class: 'class' in decision ? (decision.class as RouteClass) : undefined,
        isStranger: 'isStranger' in decision && decision.isStranger === true,
      };
      return decision;
    };
    const found = new Map<string, { method: string; template: string }>();
    for (const { method, path } of app.routes) {
      const template = templateOf(path);
      if (template !== undefined && method !== 'ALL') found.set(`${method} ${template}`, { method, template });
    }
    routes = [...found.values()];
  });
  afterAll(() => world?.close());

  const filled: Record<string, string> = {
    id: `ord_${'7'.repeat(28)}`,
    slug: 'some-event',
    organizerSlug: 'some-organizer',
    senderId: 'snd_00000000000000000000',
  };
  const addressOf = (template: string) =>
    template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => filled[name] ?? 'x1');

  let network = 0;
  /** Each from a network of its own, so that no limit interferes. */
  async function ask(method: string, path: string, headers: Record<string, string> = {}): Promise<Response> {
    seen = undefined;
    network += 1;
    const from = `198.${18 + (network >> 16)}.${(network >> 8) & 255}.${network & 255}`;
    const response = await app.fetch(
      new Request(`http://localhost${path}`, { method, headers: { 'x-forwarded-for': `${from}:4711`, ...headers } }),
    );
    await response.arrayBuffer();
    return response;
  }

  return {
    get world() {
      return world;
    },
    get app() {
      return app;
    },
    get seen() {
      return seen;
    },
    get routes() {
      return routes;
    },
    addressOf,
    ask,
  };
}
