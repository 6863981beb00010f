import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { DomainError } from '../../../src/platform/errors.ts';
import { createGroupCommit } from '../../../src/platform/database/group-commit.ts';

/**
 * Guards that callers are answered in time if the database has stopped: 503, whatever the flush does
 * meanwhile.
 */

const deadlineMs = 80;
const answerMs = 100;

function group(flushEnds: () => Promise<unknown>) {
  const written: string[] = [];
  const commit = createGroupCommit<string, string>({
    name: 'test_answer',
    batchMax: 10,
    queueMax: 100,
    deadlineMs,
    answerMs,
    flushesMax: 1,
    flush: async (_lane, items) => {
      await flushEnds();
      written.push(...items);
      return items.map((item) => `${item} done`);
    },
  });
  const submit = (item: string): Promise<string> =>
    commit.submit('lane', item).catch((error: unknown) => (error instanceof DomainError ? error.code : String(error)));
  return { submit, drain: commit.drain, written };
}

describe('a flush that hangs', () => {
  test('is abandoned, and its late writes disturb no other flush', async () => {
    const released = Promise.withResolvers<void>();
    const { submit, drain, written } = group(() => released.promise);
    expect(await Promise.all([submit('one'), submit('two')])).toEqual(['service.unavailable', 'service.overloaded']);
    expect(written).toEqual([]);
    released.resolve();
    await drain();
    expect(written).toEqual(['one']);
    expect(await submit('three')).toBe('three done');
  });

  test('control: a slow flush is waited for', async () => {
    const { submit } = group(() => pause(30));
    expect(await submit('one')).toBe('one done');
  });
});
