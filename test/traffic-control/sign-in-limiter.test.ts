import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLimiter } from '../../src/traffic-control/limiter.ts';
import { policiesOf } from '../../src/traffic-control/policies.ts';
import { createSignInLimiter } from '../../src/traffic-control/sign-in-limiter.ts';
import { type TestRedis, createTestRedis } from '../support/redis.ts';

/** Guards passwords against guessing (S18), and members against being kept out by who guesses. */

const policies = policiesOf({
  REQUESTS_PER_MINUTE_PER_NETWORK: 6000,
  ORDERS_PER_MINUTE_PER_NETWORK: 200,
  SIGN_INS_PER_MINUTE_PER_NETWORK: 30,
  VERIFICATIONS_PER_MINUTE_PER_NETWORK: 300,
  VERIFICATIONS_PER_MINUTE: 60_000,
});

describe('tries to sign in', () => {
  let server: TestRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await createTestRedis();
    redis = new Redis(server.cacheUrl);
    await redis.ping();
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.close();
  });

  const aLimiter = () => createSignInLimiter(createLimiter({ redis, policies, processes: 1, redisDeadlineMs: 5000 }));
  const allowedOf = async (limiter: ReturnType<typeof aLimiter>, account: string, network: string, times: number) => {
    let allowed = 0;
    for (let turn = 0; turn < times; turn += 1) {
      if ((await limiter.consume(account, `${account} ${network}`)).allowed) allowed += 1;
    }
    return allowed;
  };

  it('of one network end after ten, and its owner still signs in elsewhere', async () => {
    const limiter = aLimiter();
    expect(await allowedOf(limiter, 'one', 'attacker', 200)).toBe(10);
    expect((await limiter.consume('one', 'one home')).allowed).toBe(true);
  });

  it('of many networks end after a hundred', async () => {
    const limiter = aLimiter();
    let allowed = 0;
    for (let network = 0; network < 20; network += 1) allowed += await allowedOf(limiter, 'two', String(network), 10);
    expect(allowed).toBe(100);
  });

  it('are forgiven after a right password', async () => {
    const limiter = aLimiter();
    await allowedOf(limiter, 'three', 'home', 9);
    await limiter.reset('three', 'three home');
    expect(await allowedOf(limiter, 'three', 'home', 20)).toBe(10);
  });
});
