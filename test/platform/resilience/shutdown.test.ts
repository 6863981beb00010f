import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLog } from '../../../src/platform/log.ts';
import { closeDeadlineMs, createClosers } from '../../../src/platform/resilience/shutdown.ts';
import { until } from '../../../testkit/until.ts';

/** Guards that a process closes what it opened, last things first, and ends in any case. */

const log = createLog({ level: 'silent', process: 'test' });

describe('closing', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('runs backwards, one after the other', async () => {
    const closers = createClosers(log);
    const events: string[] = [];
    for (const name of ['first', 'second', 'third']) {
      closers.add(name, async () => {
        events.push(`${name} begins`);
        await Promise.resolve();
        events.push(`${name} ends`);
      });
    }
    await closers.close();
    expect(events).toEqual([
      'third begins',
      'third ends',
      'second begins',
      'second ends',
      'first begins',
      'first ends',
    ]);
  });

  test('continues after a closer that fails, throws or hangs', async () => {
    const closers = createClosers(log);
    const closed: string[] = [];
    closers.add('last', () => void closed.push('last'));
    closers.add('hangs', () => new Promise(() => {}));
    closers.add('rejects', () => Promise.reject(new Error('no')));
    closers.add('throws', () => {
      throw new Error('no');
    });
    const closing = closers.close();
    await vi.advanceTimersByTimeAsync(closeDeadlineMs - 1);
    expect(closed).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await closing;
    expect(closed).toEqual(['last']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('closes nothing a second time', async () => {
    const closers = createClosers(log);
    const close = vi.fn<() => void>();
    closers.add('once', close);
    await closers.close();
    await closers.close();
    expect(close).toHaveBeenCalledTimes(1);
  });
});

describe('a process that is told to stop', () => {
  const program = fileURLToPath(new URL('../support/stopping.ts', import.meta.url));
  const run = async (manner: string, signals: readonly NodeJS.Signals[]) => {
    const child = fork(program, [manner], { execArgv: [], silent: true });
    const closed: unknown[] = [];
    await once(child, 'message');
    child.on('message', (name) => closed.push(name));
    // Comes after the last message, which `exit` may come before.
    const end = once(child, 'close');
    for (const signal of signals) {
      child.kill(signal);
      // A second signal must find the process at its second closer.
      await Promise.race([end, until(() => closed.includes('queue'))]);
    }
    const [code]: unknown[] = await end;
    return { code, closed };
  };

  test.each(['SIGTERM', 'SIGINT'] as const)('closes everything and exits with 0 on %s', async (signal) => {
    expect(await run('well', [signal])).toEqual({ code: 0, closed: ['server', 'queue', 'database'] });
  });

  test('exits at once on a second signal', async () => {
    expect(await run('never', ['SIGTERM', 'SIGINT'])).toEqual({ code: 1, closed: ['server', 'queue'] });
  });

  test('exits with another code when stopping failed', async () => {
    expect((await run('failed', ['SIGTERM'])).code).toBe(1);
  });
});
