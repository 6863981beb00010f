import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { codeOf, failing, group, numbers, sleep } from '../support/group.ts';

/** Guards the promises above `createGroupCommit`. The flush here is a function with a real duration. */

describe('1: one flush per lane at a time, in the order of arrival', () => {
  test('a single item is written at once; items that arrive meanwhile are written together', async () => {
    const { submit, flushes, most } = group();
    const answers = await Promise.all(numbers(50).map((item) => submit('a', item)));
    expect(answers).toEqual(numbers(50).map((item) => `${item}!`));
    expect(flushes.map(({ items }) => items.length)).toEqual([1, 49]);
    expect(most().inOneLane).toBe(1);
  });

  test('a flush never exceeds the largest batch', async () => {
    const { submit, flushes } = group({ batchMax: 7 });
    await Promise.all(numbers(30).map((item) => submit('a', item)));
    expect(flushes.map(({ items }) => items.length)).toEqual([1, 7, 7, 7, 7, 1]);
    expect(flushes.flatMap(({ items }) => items)).toEqual(numbers(30));
  });
});

test('2: items with a common key never share a batch, and keep their order', async () => {
  const { submit, flushes } = group({ keysOf: (item) => item.split('').slice(1) });
  await Promise.all(['0', '1a', '2ab', '3b', '4c', '5a'].map((item) => submit('a', item)));
  expect(flushes.map(({ items }) => items)).toEqual([['0'], ['1a', '4c'], ['2ab'], ['3b', '5a']]);
});

describe('3: bounded', () => {
  test('a full lane refuses at once, and other lanes accept', async () => {
    const { submit } = group({ queueMax: 3, durationMs: 30 });
    const first = submit('a', 'first');
    const queued = numbers(3).map((item) => submit('a', item));
    expect(await codeOf(submit('a', 'late'))).toBe('service.overloaded');
    expect(await codeOf(submit('b', 'other lane'))).toBe('done');
    expect(await codeOf(Promise.all([first, ...queued]))).toBe('done');
  });

  test('an item that has waited too long is refused, not flushed', async () => {
    const deadlineMs = 100;
    const flushMs = 30;
    const flushed: string[] = [];
    const { submit } = group({
      deadlineMs,
      batchMax: 1,
      flush: async (_lane, items) => {
        flushed.push(...items);
        await sleep(flushMs);
        return [...items];
      },
      durationMs: 0,
    });
    const codes = await Promise.all(numbers(12).map((item) => codeOf(submit('a', item))));
    const done = codes.filter((code) => code === 'done').length;
    expect(codes).toEqual(codes.map((_, index) => (index < done ? 'done' : 'service.overloaded')));
    expect(flushed).toHaveLength(done);
    // One after the other; a slow machine flushes fewer. One more than fit, since a timer may ring early.
    expect(done).toBeLessThanOrEqual(Math.ceil(deadlineMs / flushMs) + 1);
  });

  test('it is refused in time while an earlier flush hangs, in its own lane or in all others', async () => {
    const released = Promise.withResolvers<void>();
    const flush = async (_lane: string, items: readonly string[]) => {
      await released.promise;
      return [...items];
    };
    const { submit, flushes, drain } = group({ deadlineMs: 60, flushesMax: 1, durationMs: 0, flush });
    const hanging = submit('a', 'hangs');
    const codes = await Promise.all([codeOf(submit('a', 'same lane')), codeOf(submit('b', 'other lane'))]);
    expect(codes).toEqual(['service.overloaded', 'service.overloaded']);
    released.resolve();
    expect(await codeOf(hanging)).toBe('done');
    await drain();
    expect(flushes).toHaveLength(1);
    expect(await codeOf(submit('b', 'afterwards'))).toBe('done');
  });
});

describe('5: lanes take turns', () => {
  test('a busy lane does not keep another from the next free flush', async () => {
    const { submit, flushes, most } = group({ flushesMax: 2, batchMax: 1 });
    const busy = numbers(20).map((item) => submit('busy', item));
    const quiet = ['b', 'c', 'd'].map((lane) => submit(lane, lane));
    await Promise.all([...busy, ...quiet]);
    const positions = ['b', 'c', 'd'].map((lane) => flushes.findIndex((flush) => flush.lane === lane));
    expect(Math.max(...positions)).toBeLessThanOrEqual(6);
    expect(most()).toEqual({ atOnce: 2, inOneLane: 1 });
  });
});

describe('7: with a pause between flushes', () => {
  test('items of one turn are written together at once, later ones after the pause, a full batch without waiting', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { submit, flushes } = group({ everyMs: 80, batchMax: 5, durationMs: 1 });
    const all = (...items: string[]) => codeOf(Promise.all(items.map((item) => submit('a', item))));
    const together = all('1', '2', '3');
    await vi.advanceTimersByTimeAsync(5);
    expect(await together).toBe('done');
    const later = all('4');
    await vi.advanceTimersByTimeAsync(70);
    expect(flushes).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10);
    expect(await later).toBe('done');
    const full = all('5', '6', '7', '8', '9');
    await vi.advanceTimersByTimeAsync(5);
    expect(await full).toBe('done');
    expect(flushes.map(({ items }) => items.length)).toEqual([3, 1, 5]);
  });

  test('enough items end a pause, before a batch is full', async () => {
    const { submit, flushes } = group({ everyMs: 10_000, enough: 3, batchMax: 50, durationMs: 1 });
    await submit('a', '1');
    const waiting = submit('a', '2');
    await sleep(20);
    expect(flushes).toHaveLength(1);
    await Promise.all([waiting, submit('a', '3'), submit('a', '4')]);
    expect(flushes.map(({ items }) => items)).toEqual([['1'], ['2', '3', '4']]);
  });

  test('drain waits for items that wait for the end of a pause', async () => {
    const { submit, drain, flushes } = group({ everyMs: 30, durationMs: 1 });
    await submit('a', '1');
    const second = submit('a', '2');
    await drain();
    expect(flushes).toHaveLength(2);
    expect(await codeOf(second)).toBe('done');
  });
});

test('drain waits for what is queued and in flight', async () => {
  const { submit, drain, flushes } = group({ batchMax: 2, durationMs: 10 });
  await drain();
  const all = Promise.all(numbers(7).map((item) => submit('a', item)));
  await drain();
  expect(flushes.flatMap(({ items }) => items)).toHaveLength(7);
  expect(await codeOf(all)).toBe('done');
});

test('for any items in any order: each is answered once with its own answer, in the order of its lane', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          lane: fc.constantFrom('a', 'b', 'c'),
          key: fc.integer({ min: 0, max: 4 }),
          bad: fc.boolean(),
          waitMs: fc.integer({ min: 0, max: 3 }),
        }),
        { minLength: 1, maxLength: 40 },
      ),
      fc.record({
        batchMax: fc.integer({ min: 1, max: 8 }),
        flushesMax: fc.integer({ min: 1, max: 3 }),
        pause: fc.constantFrom({}, { everyMs: 2 }),
      }),
      async (arrivals, { pause, ...limits }) => {
        const keyOf = (item: string) => item.split('-')[1] ?? '';
        const settled: string[] = [];
        const { submit, flushes, most, drain } = group({
          ...limits,
          ...pause,
          durationMs: 0,
          keysOf: (item) => [keyOf(item)],
          flush: async (_lane, items) => {
            if (items.some((item) => item.endsWith('bad'))) throw failing('23514');
            return items.map((item) => `${item}!`);
          },
        });
        const answers: Promise<void>[] = [];
        for (const [index, { lane, key, bad, waitMs }] of arrivals.entries()) {
          const item = `${index}-${key}-${bad ? 'bad' : 'good'}`;
          answers.push(
            submit(lane, item).then(
              (result) => {
                settled.push(item);
                expect(bad).toBe(false);
                expect(result).toBe(`${item}!`);
              },
              (error: unknown) => {
                settled.push(item);
                expect(bad).toBe(true);
                expect(error).toMatchObject({ code: '23514' });
              },
            ),
          );
          if (waitMs > 2) await sleep(0);
        }
        await Promise.all(answers);
        await drain();
        expect(settled).toHaveLength(arrivals.length);
        expect(most().inOneLane).toBeLessThanOrEqual(1);
        expect(most().atOnce).toBeLessThanOrEqual(limits.flushesMax);
        for (const { items } of flushes) {
          expect(items.length).toBeLessThanOrEqual(limits.batchMax);
          expect(new Set(items.map(keyOf)).size).toBe(items.length);
        }
        // Those of one lane with one key are written first come, first served.
        for (const lane of ['a', 'b', 'c']) {
          for (const key of ['0', '1', '2', '3', '4']) {
            const written = flushes
              .filter((flush) => flush.lane === lane)
              .flatMap(({ items }) => items.filter((item) => keyOf(item) === key && item.endsWith('good')));
            const positions = written.map((item) => Number(item.split('-')[0]));
            expect(positions).toEqual(positions.toSorted((one, other) => one - other));
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});
