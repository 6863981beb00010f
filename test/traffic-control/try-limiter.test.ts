import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLimiter } from '../../src/traffic-control/limits/limiter.ts';
import { policiesOf } from '../../src/traffic-control/limits/policies.ts';
import {
  createCodeLimiter,
  createPasswordResetLimiter,
  createSignInLimiter,
} from '../../src/traffic-control/limits/try-limiter.ts';
import { type TestRedis, createTestRedis } from '../../testkit/services/redis.ts';

/** Guards passwords against guessing (S18), inboxes against filling, and owners against being kept out by strangers. */

const policies = policiesOf({
  REQUESTS_PER_MINUTE_PER_NETWORK: 6000,
  ORDERS_PER_MINUTE_PER_NETWORK: 200,
  SIGN_INS_PER_MINUTE_PER_NETWORK: 30,
  VERIFICATIONS_PER_MINUTE_PER_NETWORK: 300,
  VERIFICATIONS_PER_MINUTE: 60_000,
});

describe('tries about one address', () => {
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

  const aLimiter = () => createLimiter({ redis, policies, processes: 2, redisDeadlineMs: 5000 });
  type Limiter = ReturnType<typeof createSignInLimiter>;
  const from = (target: string, network: string, more: { device?: string; isKnown?: boolean } = {}) => ({
    target,
    here: `${target} ${network}`,
    // As a /48 around its /64: `a.1` and `a.2` are of one customer.
    around: `${target} ${network.split('.')[0]}`,
    ...(more.device === undefined ? {} : { knownClient: `${target} ${more.device}` }),
    isKnownNetwork: () => Promise.resolve(more.isKnown ?? false),
  });
  const allowedOf = async (limiter: Limiter, one: ReturnType<typeof from>, times: number) => {
    let allowed = 0;
    for (let turn = 0; turn < times; turn += 1) if ((await limiter.consume(one)).allowed) allowed += 1;
    return allowed;
  };

  const kinds = [
    { kind: 'sign-ins', create: createSignInLimiter, here: 10, everywhere: 100, firsts: 1000, device: 10 },
    { kind: 'reset links', create: createPasswordResetLimiter, here: 3, everywhere: 5, firsts: 5, device: 3 },
    { kind: 'codes', create: createCodeLimiter, here: 3, everywhere: 10, firsts: 15, device: 5 },
  ];

  describe.each(kinds)('$kind', ({ kind, create, here, everywhere, firsts, device }) => {
    /** Strangers, from as many networks as it takes, have used up the tries that everybody shares. */
    const attacked = async (target: string) => {
      const [one, two] = [create(aLimiter()), create(aLimiter())];
      let allowed = 0;
      const networks = Math.ceil(everywhere / (here - 1)) + 3;
      for (let network = 0; network < networks; network += 1) {
        allowed += await allowedOf(network % 2 === 0 ? one : two, from(target, `stranger${network}`), here + 2);
      }
      return { limiter: two, allowed, networks };
    };

    it('of one network are limited, and the owner can still try from elsewhere', async () => {
      const limiter = create(aLimiter());
      expect(await allowedOf(limiter, from(`${kind} one`, 'attacker'), 50)).toBe(here);
      expect((await limiter.consume(from(`${kind} one`, 'home'))).allowed).toBe(true);
    });

    it('of many networks are limited: one each, and then a shared allowance', async () => {
      const { allowed, networks } = await attacked(`${kind} two`);
      expect(allowed).toBe(everywhere + Math.min(networks, firsts));
    });

    it('of a known network continue, within its small allowance', async () => {
      const { limiter } = await attacked(`${kind} three`);
      expect(await allowedOf(limiter, from(`${kind} three`, 'home', { isKnown: true }), here + 5)).toBe(here);
    });

    it('of a known client continue, with a count of their own, from any network', async () => {
      const target = `${kind} four`;
      const { limiter } = await attacked(target);
      const home = from(target, 'stranger0', { device: 'phone' });
      expect(await allowedOf(limiter, home, device + 5)).toBe(device);
      expect(await allowedOf(limiter, from(target, 'stranger0', { device: 'laptop' }), 1)).toBe(1);
    });

    it('of a new network are one, and the networks around it get no other', async () => {
      const target = `${kind} five`;
      const { limiter } = await attacked(target);
      // The strangers have used first tries, too. If these are few, none may be left.
      const left = Math.min(1, Math.max(0, firsts - (await attacked(`${kind} count`)).networks));
      expect(await allowedOf(limiter, from(target, 'travel.1'), 3)).toBe(left);
      expect(await allowedOf(limiter, from(target, 'travel.2'), 3)).toBe(0);
      const refused = await limiter.consume(from(target, 'travel.2'));
      expect(refused.retryAfterSeconds).toBeGreaterThan(0);
    });

    it('of an owner who tries once do not reduce those of others, so others learn nothing', async () => {
      const [alone, beside] = [`${kind} six`, `${kind} seven`];
      const limiter = create(aLimiter());
      await limiter.consume(from(beside, 'owner'));
      const probe = async (target: string) => {
        const answers: boolean[] = [];
        for (let network = 0; network < 4; network += 1) {
          for (let turn = 0; turn < here; turn += 1) {
            answers.push((await limiter.consume(from(target, `probe${network}`))).allowed);
          }
        }
        return answers;
      };
      expect(await probe(beside)).toEqual(await probe(alone));
    });

    it('are forgiven after a success', async () => {
      const limiter = create(aLimiter());
      const one = from(`${kind} eight`, 'home', { device: 'phone' });
      await allowedOf(limiter, one, device + here);
      expect((await limiter.consume(one)).allowed).toBe(false);
      await limiter.reset(one);
      expect(await allowedOf(limiter, one, device + here + 5)).toBe(device + here);
    });
  });
});
