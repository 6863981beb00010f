import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRoundPace, roundEveryMs } from '../../workers/relay/round-pace.ts';

/** Guards when the next round of a relay begins, by a clock that the test moves. */

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

/** The milliseconds until the rest is over. */
async function lengthOf(rest: Promise<void>): Promise<number> {
  const started = performance.now();
  let ended: number | undefined;
  void rest.then(() => (ended = performance.now()));
  for (let ms = 0; ended === undefined && ms < 10_000; ms += 1) await vi.advanceTimersByTimeAsync(1);
  return (ended ?? Number.NaN) - started;
}

test('a relay at rest is woken soon, however often it is called', async () => {
  const pace = createRoundPace();
  pace.begin();
  const rest = pace.rest(1000);
  await vi.advanceTimersByTimeAsync(500);
  pace.wake();
  pace.wake();
  expect(await lengthOf(rest)).toBeLessThanOrEqual(20);
});

test('after a round that took all work, the next one begins when its time has passed', async () => {
  const pace = createRoundPace();
  pace.begin();
  pace.tookAll();
  await vi.advanceTimersByTimeAsync(30);
  pace.wake();
  expect(await lengthOf(pace.rest(1000))).toBe(roundEveryMs - 30);
});

test('after a round that left work behind, a signal is enough', async () => {
  const pace = createRoundPace();
  pace.begin();
  const rest = pace.rest(1000);
  pace.wake();
  expect(await lengthOf(rest)).toBeLessThanOrEqual(20);
});

test('a signal does not shorten a wait after a failure; a stop ends it', async () => {
  const pace = createRoundPace();
  pace.begin();
  const wait = pace.wait(1000);
  pace.wake();
  await vi.advanceTimersByTimeAsync(900);
  pace.stop();
  expect(await lengthOf(wait)).toBeLessThanOrEqual(1);
  expect(await lengthOf(pace.rest(1000))).toBeLessThanOrEqual(1);
});
