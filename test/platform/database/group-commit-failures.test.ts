import { describe, expect, test } from 'vitest';
import { codeOf, failing, group, numbers } from '../support/group.ts';

/** Guards the promises above `createGroupCommit`. The flush here is a function with a real duration. */

describe('4: failures', () => {
  test('a bad item fails alone, and the others are written', async () => {
    const written: string[] = [];
    const { submit, flushes } = group({
      flush: async (_lane, items) => {
        if (items.includes('13')) throw failing('22003');
        written.push(...items);
        return [...items];
      },
    });
    const codes = await Promise.all(['first', ...numbers(40)].map((item) => codeOf(submit('a', item))));
    expect(codes.filter((code) => code !== 'done')).toEqual(['22003']);
    expect(codes[14]).toBe('22003');
    expect(written.sort()).toEqual(['first', ...numbers(40)].filter((item) => item !== '13').sort());
    expect(flushes.length).toBeLessThan(2 + 2 * Math.ceil(Math.log2(40)) + 1);
  });

  test('transactions that deadlocked run again at once, unchanged', async () => {
    let tries = 0;
    const { submit, flushes } = group({
      flush: async (_lane, items) => {
        tries += 1;
        if (tries < 3) throw failing('40P01');
        return [...items];
      },
    });
    expect(await codeOf(submit('a', 'x'))).toBe('done');
    expect(flushes.map(({ items }) => items)).toEqual([['x'], ['x'], ['x']]);
  });

  test('an unknown outcome is sent again unchanged and whole, before other items of its lane', async () => {
    const failed = new Set<string>();
    const { submit, flushes } = group({
      flush: async (_lane, items) => {
        const text = items.join();
        if (!failed.has(text)) {
          failed.add(text);
          throw failing('CONNECTION_CLOSED');
        }
        return [...items];
      },
    });
    const first = submit('a', 'first');
    await Promise.all([first, ...numbers(3).map((item) => submit('a', item))]);
    expect(flushes.map(({ items }) => items.join())).toEqual(['first', 'first', '0,1,2', '0,1,2']);
  });

  test('an unreachable database is reported as such, without bisecting', async () => {
    const { submit, flushes } = group({ flush: () => Promise.reject(failing('ECONNREFUSED')) });
    const codes = await Promise.all(['first', ...numbers(8)].map((item) => codeOf(submit('a', item))));
    expect(new Set(codes)).toEqual(new Set(['service.unavailable']));
    expect(flushes).toHaveLength(8);
  });

  test('a flush that answers for too few items is an error', async () => {
    const { submit } = group({ flush: async () => [] });
    expect(await codeOf(submit('a', 'x'))).toContain('0 results for 1 items');
  });
});
