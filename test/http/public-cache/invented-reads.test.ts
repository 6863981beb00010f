import { expect, test } from 'vitest';
import { listingKind } from '../../../src/catalog/public/public-kinds.ts';
import { createShareBudget } from '../../../src/http/public-cache/share-budget.ts';
import { useCachedThings } from './support/cached-things.ts';

/** Guards that nobody fills Redis, where limits count, with answers to addresses that they invent (S35). */

const cached = useCachedThings();

test.each([
  ['a bounded part', 25_000, { least: 2, most: 5 }],
  ['control: all', undefined, { least: 20, most: 20 }],
])('of the answers to invented addresses a process shares %s', async (_what, sharedBytesMax, { least, most }) => {
  const { openProcess, thing, get, kindOf, testRedis } = cached;
  const url = testRedis.cacheUrl;
  const [one, two] = [await openProcess(url), await openProcess(url)];
  const kind = kindOf(20_000, sharedBytesMax === undefined ? {} : { sharedBytesMax });
  const invented = Array.from({ length: 20 }, () => thing(20_000, kind));
  for (const { read } of invented) expect((await one.answer(read, get())).status).toBe(200);
  let shared = 0;
  for (const { read } of invented) {
    const { headers } = await two.answer(read, get());
    if (headers.get('cache-status')?.endsWith('detail=shared') === true) shared += 1;
  }
  expect(shared).toBeGreaterThanOrEqual(least);
  expect(shared).toBeLessThanOrEqual(most);
  // What is not shared is kept by each process.
  for (const { read } of invented) expect(two.atHand(read.key, get())).toBeInstanceOf(Response);
});

test('an answer that has expired makes room for another one; one that is made anew counts once', () => {
  const budget = createShareBudget(10_000);
  expect(budget.take('one', 4000, 100, 0)).toBe(true);
  expect(budget.take('one', 4000, 200, 50)).toBe(true);
  expect(budget.take('two', 3500, 300, 60)).toBe(true);
  expect(budget.take('three', 1000, 300, 150)).toBe(false);
  expect(budget.take('three', 1000, 300, 200)).toBe(true);
});

test('listings are of that kind', () => {
  expect(listingKind.sharing).toBeDefined();
});
