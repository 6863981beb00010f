import { sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readKnownClient, signKnownClient } from '../../../src/access/sessions/known-client.ts';
import { createLimiter } from '../../../src/traffic-control/limits/limiter.ts';
import { policiesOf } from '../../../src/traffic-control/limits/policies.ts';
import { createPasswordResetLimiter, createSignInLimiter } from '../../../src/traffic-control/limits/try-limiter.ts';
import {
  type AccessWorld,
  type OrganizerWorld,
  aMember,
  anOrganizer,
  bodyOf,
  codeOf,
  openAccessWorld,
  stagedJobs,
  testPassword,
} from '../../../testkit/access/access-world.ts';
import { type TestRedis, createTestRedis } from '../../../testkit/services/redis.ts';

/** Guards that strangers who know a member's address can neither lock the member out nor learn whether the account exists. */

let world: AccessWorld;
let organizer: OrganizerWorld;
let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await createTestRedis();
  redis = new Redis(server.cacheUrl);
  await redis.ping();
  const policies = policiesOf({
    REQUESTS_PER_MINUTE_PER_NETWORK: 6000,
    ORDERS_PER_MINUTE_PER_NETWORK: 600,
    SIGN_INS_PER_MINUTE_PER_NETWORK: 30,
    VERIFICATIONS_PER_MINUTE_PER_NETWORK: 300,
    VERIFICATIONS_PER_MINUTE: 60_000,
  });
  const limiter = createLimiter({ redis, policies, processes: 1, redisDeadlineMs: 10_000 });
  world = await openAccessWorld({
    signInLimiter: createSignInLimiter(limiter),
    passwordResetLimiter: createPasswordResetLimiter(limiter),
  });
  organizer = await anOrganizer(world);
});
afterAll(async () => {
  await world?.close();
  redis?.disconnect();
  await server?.close();
});

const signInAs = (email: string, network: string, more: { password?: string; knownClientToken?: unknown } = {}) =>
  world.request('POST', '/v1/sessions', { network, body: { email, password: testPassword, ...more } });
const reset = (email: string, network: string, knownClientToken?: unknown) =>
  world.request('POST', '/v1/password-resets', {
    network,
    body: { email, ...(knownClientToken === undefined ? {} : { knownClientToken }) },
  });

/** A hundred wrong passwords and more, from networks that take turns. */
const attack = async (email: string) => {
  const answers: Record<string, number> = {};
  for (let network = 0; network < 14; network += 1) {
    const tried = Array.from({ length: 11 }, () => signInAs(email, `198.51.${network}.0/24`, { password: 'wrong' }));
    for (const answer of await Promise.all(tried)) {
      const code = await codeOf(answer);
      answers[code] = (answers[code] ?? 0) + 1;
    }
  }
  return answers;
};

describe('signing in while strangers try passwords', () => {
  it('still works from a known client and from a known network, and once from a new network', async () => {
    const member = await aMember(world, organizer, 'owner');
    const { knownClientToken } = await bodyOf<{ knownClientToken: string }>(
      await signInAs(member.email, '192.0.2.0/24'),
    );
    const told = await attack(member.email);
    // The same tries on an address without an account.
    expect(await attack('nobody@organizer.test')).toEqual(told);
    expect(told).toEqual({ '401 session.refused': 100 + 14, '429 session.limited': 14 * 11 - 114 });

    const locked = await signInAs(member.email, '198.51.3.0/24');
    expect([await codeOf(locked), Number(locked.headers.get('retry-after')) > 0]).toEqual([
      '429 session.limited',
      true,
    ]);
    // In the network of the attackers, with the client's token.
    expect((await signInAs(member.email, '198.51.3.0/24', { knownClientToken })).status).toBe(201);
    await attack(member.email);
    expect((await signInAs(member.email, '192.0.2.0/24')).status).toBe(201);
    await attack(member.email);
    expect((await signInAs(member.email, '203.0.99.0/24')).status).toBe(201);
  });

  it('is possible once, not twice, from a new network; a token of another member does not count', async () => {
    const [member, other] = [await aMember(world, organizer, 'door'), await aMember(world, organizer, 'door')];
    const { knownClientToken } = await bodyOf<{ knownClientToken: string }>(
      await signInAs(other.email, '192.0.2.0/24'),
    );
    await attack(member.email);
    const wrong = { password: 'wrong', knownClientToken };
    expect(await codeOf(await signInAs(member.email, '203.0.98.0/24', wrong))).toBe('401 session.refused');
    expect(await codeOf(await signInAs(member.email, '203.0.98.0/24', wrong))).toBe('429 session.limited');
    expect(await codeOf(await signInAs(member.email, '203.0.98.0/24', { knownClientToken }))).toBe(
      '429 session.limited',
    );
  });

  it('with a stolen token of a known client allows ten guesses, and opens nothing', async () => {
    const member = await aMember(world, organizer, 'door');
    const { knownClientToken } = await bodyOf<{ knownClientToken: string }>(
      await signInAs(member.email, '192.0.2.0/24'),
    );
    await attack(member.email);
    const answers = [];
    for (let n = 0; n < 15; n += 1)
      answers.push(
        await codeOf(await signInAs(member.email, '198.51.3.0/24', { password: 'wrong', knownClientToken })),
      );
    expect(answers.filter((code) => code === '401 session.refused')).toHaveLength(10);
    expect(answers.at(-1)).toBe('429 session.limited');
    expect((await world.request('GET', '/v1/sessions/current', { as: knownClientToken })).status).toBe(401);
  });

  it('a network counts as known for as long as sessions are kept, even after they have ended', async () => {
    const member = await aMember(world, organizer, 'door');
    await signInAs(member.email, '192.0.77.0/24');
    await world.open.db.execute(sql`update sessions set ended_at = now() where staff_id = ${member.id}`);
    await attack(member.email);
    // Uses up its first free try there, so that this is not the reason why it gets in.
    await signInAs(member.email, '192.0.77.0/24', { password: 'wrong' });
    expect((await signInAs(member.email, '192.0.77.0/24')).status).toBe(201);
  });
});

describe('asking for a new password while strangers ask for it', () => {
  it('tells a client that it gets no link, alike for known and unknown addresses, and still works from the member’s known network', async () => {
    const member = await aMember(world, organizer, 'manager');
    const { knownClientToken } = await bodyOf<{ knownClientToken: string }>(
      await signInAs(member.email, '192.0.2.0/24'),
    );
    const ask = async (email: string) => {
      const answers = [];
      for (let network = 0; network < 12; network += 1)
        for (let turn = 0; turn < 2; turn += 1) answers.push((await reset(email, `198.52.${network}.0/24`)).status);
      return answers;
    };
    const told = await ask(member.email);
    expect(await ask('nobody.at.all@organizer.test')).toEqual(told);
    expect(told.filter((status) => status === 202)).toHaveLength(5 + 5);
    const refused = await reset(member.email, '203.0.97.0/24');
    expect(await codeOf(refused)).toBe('429 access.link_limited');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const before = (await stagedJobs(world, 'staff.password_reset')).length;
    expect((await reset(member.email, '203.0.97.0/24', knownClientToken)).status).toBe(202);
    expect((await reset(member.email, '192.0.2.0/24')).status).toBe(202);
    expect(await stagedJobs(world, 'staff.password_reset')).toHaveLength(before + 2);
    const live = await world.open.db.execute(
      sql`select 1 from staff_tokens where staff_id = ${member.id} and used_at is null`,
    );
    expect(live).toHaveLength(5 + 5 + 2);
  });
});

describe('the token of a known client', () => {
  const secret = 'test-only-hash-secret-0123456789abcdef';
  const subject = 'A'.repeat(22);
  const now = new Date('2026-01-01T00:00:00Z');
  const days = (count: number) => new Date(now.getTime() + count * 24 * 3_600_000);

  it('is different each time, has its own count, and is valid for one address and half a year', () => {
    const [one, two] = [signKnownClient(secret, subject, now), signKnownClient(secret, subject, now)];
    const key = readKnownClient(secret, subject, one, now);
    expect(key).toMatch(/^[\w-]{22}$/);
    expect(readKnownClient(secret, subject, two, now)).not.toBe(key);
    expect(readKnownClient(secret, subject, one, days(179))).toBe(key);
    expect(readKnownClient(secret, subject, one, days(180))).toBeUndefined();
    expect(readKnownClient(secret, 'B'.repeat(22), one, now)).toBeUndefined();
    expect(readKnownClient(`${secret}x`, subject, one, now)).toBeUndefined();
    for (const wrong of [
      undefined,
      '',
      'x',
      one.slice(1),
      `${one}x`,
      one.replace('known', 'buyer'),
      'x'.repeat(10_000),
    ]) {
      expect(readKnownClient(secret, subject, wrong, now)).toBeUndefined();
    }
  });
});
