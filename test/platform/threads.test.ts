import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, describe, expect, test } from 'vitest';
import { createThreads } from '../../src/platform/threads.ts';

/** Guards that heavy tasks run beside the event loop, at a lower priority, and can neither hang nor take the process along. */

const folder = mkdtempSync(join(tmpdir(), 'antre-threads-'));
const side = new URL('../../src/platform/thread-side.ts', import.meta.url).href;
const file = join(folder, 'thread.ts');
writeFileSync(
  file,
  `import { readFileSync } from 'node:fs';
   import { answerTasks } from '${side}';
   const acts = {
     add: ({ numbers }) => numbers[0] + numbers[1],
     spin: ({ ms }) => { const until = performance.now() + ms; while (performance.now() < until); return 'spun'; },
     fail: () => { throw new Error('no such ink'); },
     leave: () => process.exit(3),
     fill: () => { const all = []; for (;;) all.push(new Array(100_000).fill({})); },
     // Fields after the name, which stands in brackets: the 17th is the nice value (man 5 proc_pid_stat).
     niceness: () => Number(readFileSync('/proc/thread-self/stat', 'utf8').split(') ')[1].split(' ')[16]),
     environment: () => Object.keys(process.env).length,
     view: () => Buffer.from('short'),
   };
   answerTasks((task) => acts[task.act](task));`,
);
afterAll(() => rmSync(folder, { recursive: true }));

type Task = { act: string; numbers?: number[]; ms?: number };
const open = (options: { taskMsMax?: number; idleMs?: number } = {}) =>
  createThreads<Task, unknown>({
    file: pathToFileURL(file),
    taskMsMax: 5000,
    idleMs: 5000,
    heapMiBMax: 32,
    ...options,
  });

describe('threads', () => {
  test('answer, and do so again after a task that failed', async () => {
    const threads = open();
    expect(await threads.run({ act: 'add', numbers: [1, 2] })).toBe(3);
    await expect(threads.run({ act: 'fail' })).rejects.toThrow('no such ink');
    expect(await threads.run({ act: 'add', numbers: [3, 4] })).toBe(7);
    expect(Buffer.from((await threads.run({ act: 'view' })) as Uint8Array).toString()).toBe('short');
    await threads.close();
  });

  test('leave the event loop free; the same work on the loop does not', async () => {
    const threads = open();
    await threads.run({ act: 'add', numbers: [0, 0] });
    const turns = async (work: () => Promise<unknown>) => {
      const delay = monitorEventLoopDelay({ resolution: 5 });
      delay.enable();
      await new Promise((resolve) => setTimeout(resolve, 20));
      await work();
      await new Promise((resolve) => setTimeout(resolve, 20));
      delay.disable();
      return delay.max / 1e6;
    };
    const beside = await turns(() => threads.run({ act: 'spin', ms: 400 }));
    const control = await turns(async () => {
      const until = performance.now() + 400;
      while (performance.now() < until);
    });
    expect(control).toBeGreaterThan(350);
    expect(beside).toBeLessThan(200);
    await threads.close();
  });

  test.runIf(process.platform === 'linux')('run at a lower priority than the process', async () => {
    const threads = open();
    expect(await threads.run({ act: 'niceness' })).toBeGreaterThanOrEqual(10);
    await threads.close();
  });

  test('are given nothing of the environment', async () => {
    const threads = open();
    expect(await threads.run({ act: 'environment' })).toBe(0);
    await threads.close();
  });

  test.each([
    ['spin', 'took longer than 300 ms'],
    ['leave', 'the thread ended'],
    ['fill', /memory|thread ended/],
  ])('end with a task that does not: %s', async (act, said) => {
    const threads = open({ taskMsMax: act === 'spin' ? 300 : 8000 });
    await expect(threads.run({ act, ms: 60_000 })).rejects.toThrow(said);
    const next = open();
    expect(await next.run({ act: 'add', numbers: [1, 1] })).toBe(2);
    await Promise.all([threads.close(), next.close()]);
  });

  test('end when they have had nothing to do for a while, and start again', async () => {
    const threads = open({ idleMs: 30 });
    await threads.run({ act: 'add', numbers: [0, 0] });
    const before = process
      .getActiveResourcesInfo()
      .filter((name) => name === 'MessagePort' || name === 'Worker').length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(
      process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker').length,
    ).toBeLessThanOrEqual(before);
    expect(await threads.run({ act: 'add', numbers: [2, 2] })).toBe(4);
    await threads.close();
  });
});
