import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buyerKeys } from '../../../src/orders/placement/keys.ts';
import type { PlaceOrderDeps } from '../../../src/orders/placement/place-order.ts';
import { isGuessable, newPromoCode } from '../../../src/orders/promo-codes/code.ts';
import type { OpenDb } from '../../../src/platform/database/db.ts';
import { createLimiter } from '../../../src/traffic-control/limits/limiter.ts';
import { policiesOf } from '../../../src/traffic-control/limits/policies.ts';
import { createPromoLimiter } from '../../../src/traffic-control/limits/room-limiters.ts';
import { type TestDatabase, createTestDatabase } from '../../../testkit/services/database.ts';
import { type TestEvent, createEvent, createPromoCode, someBuyer } from '../../../testkit/factories.ts';
import { type OrderOptions, openTestDb, order, placingDeps } from '../../../testkit/orders/placing.ts';
import { type TestRedis, createTestRedis } from '../../../testkit/services/redis.ts';

/** Guards promo codes against being guessed, and holders of a right code against guessers. */

let database: TestDatabase;
let server: TestRedis;
let redis: Redis;
let open: OpenDb;

beforeAll(async () => {
  [database, server] = await Promise.all([createTestDatabase(), createTestRedis()]);
  open = openTestDb(database.url);
  redis = new Redis(server.cacheUrl);
  await redis.ping();
});
afterAll(async () => {
  redis?.disconnect();
  await open?.close();
  await server?.close();
  await database?.close();
});

const policies = policiesOf({
  REQUESTS_PER_MINUTE_PER_NETWORK: 6000,
  ORDERS_PER_MINUTE_PER_NETWORK: 600,
  SIGN_INS_PER_MINUTE_PER_NETWORK: 30,
  VERIFICATIONS_PER_MINUTE_PER_NETWORK: 300,
  VERIFICATIONS_PER_MINUTE: 60_000,
});
const perNetwork = policies.promo_failures.points;
const perBuyer = policies.promo_failures_confirmed.points;

/** One API process. */
const aProcess = (): PlaceOrderDeps =>
  placingDeps(open, {
    promoLimiter: createPromoLimiter(createLimiter({ redis, policies, processes: 2, redisDeadlineMs: 10_000 })),
    readPass: (_event, header) => ({ placeIndex: 1, accountKey: header }),
  });
const told = (deps: PlaceOrderDeps, event: TestEvent, options: OrderOptions) =>
  order(deps, event, options).then(
    ({ replayed }) => (replayed ? 'replayed' : 'placed'),
    (error: unknown) => (error as { code: string }).code,
  );
let made = 0;
const anEvent = async () => {
  made += 1;
  const event = await createEvent(open.db, { categories: [{ capacity: 1000 }] });
  await createPromoCode(open.db, event, { code: `RIGHT${made}` });
  return { event, right: `RIGHT${made}` };
};
const guesses = async (deps: PlaceOrderDeps, event: TestEvent, count: number, options: OrderOptions = {}) => {
  const answers: Record<string, number> = {};
  for (let n = 0; n < count; n += 1) {
    const answer = await told(deps, event, { promoCode: `GUESS${n}`, ...options });
    answers[answer] = (answers[answer] ?? 0) + 1;
  }
  return answers;
};

describe('wrong promo codes', () => {
  test('are limited per network over all processes and buyer names, and then a right code is refused too', async () => {
    const { event, right } = await anEvent();
    const [one, two] = [aProcess(), aProcess()];
    const first = await guesses(one, event, perNetwork);
    expect(first).toEqual({ 'promo.invalid': perNetwork });
    // Each process lets one more through before it knows.
    expect(await guesses(one, event, 10)).toEqual({ 'promo.invalid': 1, 'promo.limited': 9 });
    expect(await guesses(two, event, 10)).toEqual({ 'promo.invalid': 1, 'promo.limited': 9 });
    for (const deps of [one, two]) expect(await told(deps, event, { promoCode: right })).toBe('promo.limited');
    await expect(order(one, event, { promoCode: right })).rejects.toMatchObject({
      retryAfterSeconds: expect.any(Number),
    });
  });

  test('do not affect orders without a code, other events, or other networks', async () => {
    const { event, right } = await anEvent();
    const other = await anEvent();
    const deps = aProcess();
    await guesses(deps, event, perNetwork + 2);
    expect(await told(deps, event, {})).toBe('placed');
    expect(await told(deps, event, { promoCode: ' ' })).toBe('placed');
    expect(await told(deps, event, { promoCode: right, network: '203.0.113.0/24' })).toBe('placed');
    expect(await told(deps, other.event, { promoCode: other.right })).toBe('placed');
  });

  test('are counted together for the networks of one IPv6 /48, which may be one rented machine', async () => {
    const { event, right } = await anEvent();
    const deps = aProcess();
    for (let n = 0; n < perNetwork + 1; n += 1) {
      const network = `2001:db8:7:${n.toString(16)}::/64`;
      expect(await told(deps, event, { promoCode: `GUESS${n}`, network })).toBe('promo.invalid');
    }
    expect(await told(deps, event, { promoCode: right, network: '2001:db8:7:ffff::/64' })).toBe('promo.limited');
    expect(await told(deps, event, { promoCode: right, network: '2001:db8:8:1::/64' })).toBe('placed');
  });

  test('do not keep a buyer from an order that was placed', async () => {
    const { event, right } = await anEvent();
    const deps = aProcess();
    const mine = { key: randomUUID(), buyer: someBuyer(), promoCode: right };
    expect(await told(deps, event, mine)).toBe('placed');
    await guesses(deps, event, perNetwork + 2);
    expect(await told(deps, event, mine)).toBe('replayed');
  });

  test('of a buyer with a proven address are counted by the address, apart from the network', async () => {
    const { event, right } = await anEvent();
    const deps = aProcess();
    const buyers = [someBuyer(), someBuyer()];
    const [guesser, honest] = buyers.map((buyer) => ({
      buyer,
      queuePass: buyerKeys(deps.hashSecret, buyer)[0] ?? '',
    }));
    await guesses(deps, event, perNetwork + 2);
    expect(await guesses(deps, event, perBuyer + 3, guesser)).toEqual({
      'promo.invalid': perBuyer + 1,
      'promo.limited': 2,
    });
    expect(await told(deps, event, { ...guesser, promoCode: right, network: '203.0.113.0/24' })).toBe('promo.limited');
    expect(await told(deps, event, { ...honest, promoCode: right })).toBe('placed');
  });

  test('do not include right codes', async () => {
    const { event, right } = await anEvent();
    const deps = aProcess();
    for (let n = 0; n < perNetwork + 5; n += 1) expect(await told(deps, event, { promoCode: right })).toBe('placed');
  });

  test('include codes that are used up', async () => {
    const { event } = await anEvent();
    await createPromoCode(open.db, event, { code: 'USED-UP', redemptionsMax: 1 });
    const deps = aProcess();
    expect(await told(deps, event, { promoCode: 'USED-UP' })).toBe('placed');
    expect(await guesses(deps, event, perNetwork + 3, { promoCode: 'USED-UP' })).toEqual({
      'promo.used_up': perNetwork + 1,
      'promo.limited': 2,
    });
  });
});

describe('a code that the service generates', () => {
  test('is different each time, easy to type, and not guessable', () => {
    const codes = new Set(Array.from({ length: 1000 }, newPromoCode));
    expect(codes.size).toBe(1000);
    for (const code of codes) {
      expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
    }
    expect([...codes].filter(isGuessable)).toEqual([]);
  });

  test.each(['HEMAT', 'HEMAT10', 'EARLYBIRD', 'EARLY-BIRD-26', '20262026', 'A1B2C3'])('%s is guessable', (code) => {
    expect(isGuessable(code)).toBe(true);
  });
});
