import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderAccessToken } from '../../src/access/index.ts';
import { newCredential } from '../../src/access/credentials/credential.ts';
import { createApp } from '../../src/app.ts';
import { templateOf } from '../../src/http/contract/route-template.ts';
import { registry } from '../../src/platform/metrics.ts';
import { type RouteClass, ruleOf } from '../../src/traffic-control/route-rules.ts';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';

/**
 * Guards that only a route has a class: whatever no route serves, and whoever makes up a credential, is of the lowest one,
 * limited, and costs no query. All routes of the router are tried.
 */

type Seen = {
  readonly route: string | undefined;
  readonly class: RouteClass | undefined;
  readonly isStranger: boolean;
};

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
const addressOf = (template: string) => template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => filled[name] ?? 'x1');

let network = 0;
/** Each from a network of its own, so that no limit stands in the way of what is looked at. */
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

/** Queries of all pools so far. */
async function queries(): Promise<number> {
  const { values } = (await registry.getSingleMetric('antre_db_pool_wait_seconds')?.get()) ?? { values: [] };
  return values
    .filter((value) => 'metricName' in value && String(value.metricName).endsWith('_count'))
    .filter(({ labels }) => (labels as { pool?: string }).pool !== 'watch')
    .reduce((sum, { value }) => sum + value, 0);
}

describe('a forged credential', () => {
  const made = newCredential('apiKey', { ENCRYPTION_KEY: 'ab'.repeat(32) }).text;
  const ofOthers = newCredential('apiKey', { ENCRYPTION_KEY: 'cd'.repeat(32) }).text;
  const changed = `${made.slice(0, 20)}${made.at(20) === 'A' ? 'B' : 'A'}${made.slice(21)}`;
  const unsigned = (header: object) =>
    `${[header, { sid: 'ses_00000000000000000000' }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.${'A'.repeat(43)}`;
  const inventions: Record<string, string | undefined> = {
    'none at all': undefined,
    'of another scheme': 'Basic dXNlcjpwYXNzd29yZA==',
    'a word': 'Bearer password-password',
    'a key without a mark': `Bearer antre_key_${'A'.repeat(43)}`,
    'a key with a mark of the right length': `Bearer antre_key_${'A'.repeat(65)}`,
    'a device with a mark of the right length': `Bearer antre_device_${'A'.repeat(65)}`,
    'a key of ours, changed': `Bearer ${changed}`,
    'a key of ours, cut': `Bearer ${made.slice(0, -1)}`,
    'a key of ours as a device': `Bearer ${made.replace('_key_', '_device_')}`,
    'a key made with another secret': `Bearer ${ofOthers}`,
    'a session signed with nothing': `Bearer ${unsigned({ alg: 'HS256', typ: 'antre-session+jwt' })}`,
    'a session that wants no signature': `Bearer ${unsigned({ alg: 'none' })}`,
    'the token of another order': `Bearer ${orderAccessToken('test-only-order-token-secret-0123456789', `ord_${'8'.repeat(28)}`, 1)}`,
  };

  it.each(Object.entries(inventions))(
    'is refused on every route without a query, and as the least important where it matters: %s',
    async (_what, authorization) => {
      const guarded = routes.filter(
        ({ method, template }) =>
          ruleOf(method, template).bearer !== undefined || template.startsWith('/v1/organizers/'),
      );
      expect(guarded.length).toBeGreaterThan(40);
      const before = await queries();
      for (const { method, template } of guarded) {
        const { status } = await ask(method, addressOf(template), authorization === undefined ? {} : { authorization });
        expect([method, template, status]).toEqual([method, template, expect.toBeOneOf([400, 401, 404, 415])]);
        expect([method, template, seen?.class]).toEqual([method, template, 5]);
      }
      expect(await queries()).toBe(before);
    },
  );

  it('is told from one of ours that ended, which costs one query and is remembered for a while', async () => {
    const lookUps = async () => {
      const { values } = (await registry.getSingleMetric('antre_credential_lookups_total')?.get()) ?? { values: [] };
      return values.find(({ labels }) => (labels as { from?: string }).from === 'database')?.value ?? 0;
    };
    const before = await lookUps();
    for (let time = 0; time < 20; time += 1) {
      const { status } = await ask('POST', '/v1/check-ins', { authorization: `Bearer ${made}` });
      expect([status, seen?.class]).toEqual([401, 1]);
    }
    expect((await lookUps()) - before).toBe(1);
  });
});
