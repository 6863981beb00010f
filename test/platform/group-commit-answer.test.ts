import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { DomainError } from '../../src/platform/errors.ts';
import { createGroupCommit } from '../../src/platform/group-commit.ts';

/** Guards that a stopped database is answered for in time (T47, T49): 503, whatever the flush does meanwhile. */

const deadlineMs = 80;
const answerMs = 100;

function group(durationMs: number) {
  const written: string[] = [];
  const commit = createGroupCommit<string, string>({
    name: 'test_answer',
    batchMax: 10,
    queueMax: 100,
    deadlineMs,
    answerMs,
    flushesMax: 1,
    flush: async (_lane, items) => {
      await pause(durationMs);
      written.push(...items);
      return items.map((item) => `${item} done`);
    },
  });
  const submit = async (item: string): Promise<{ answer: string; ms: number }> => {
    const started = performance.now();
    const answer = await commit
      .submit('lane', item)
      .catch((error: unknown) => (error instanceof DomainError ? error.code : String(error)));
    return { answer, ms: performance.now() - started };
  };
  return { submit, drain: commit.drain, written };
}

describe('a flush that hangs', () => {
  test('is not waited for, and what it writes later disturbs nobody', async () => {
    const { submit, drain, written } = group(600);
    const [first, second] = await Promise.all([submit('one'), submit('two')]);
    expect(first.answer).toBe('service.unavailable');
    expect(first.ms).toBeLessThan(400);
    expect(second.answer).toBe('service.overloaded');
    await drain();
    expect(written).toEqual(['one']);
    expect((await submit('three')).answer).toBe('service.unavailable');
  });

  test('that is only slow is waited for', async () => {
    const { submit } = group(30);
    expect((await submit('one')).answer).toBe('one done');
  });
});
