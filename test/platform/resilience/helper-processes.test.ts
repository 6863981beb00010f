import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import {
  busyIfLate,
  createHelpers,
  findIdleScheduler,
  idleSchedulers,
} from '../../../src/platform/resilience/helper-processes.ts';
import { until } from '../../../testkit/until.ts';

/** Guards that heavy tasks run beside the event loop, at a lower priority, and can neither hang nor take the process along. */

const folder = mkdtempSync(join(tmpdir(), 'antre-helpers-'));
const side = new URL('../../../src/platform/resilience/helper-side.ts', import.meta.url).href;
const file = join(folder, 'helper.ts');
writeFileSync(
  file,
  `import { readFileSync, readdirSync } from 'node:fs';
   import { answerTasks } from '${side}';
   const acts = {
     add: ({ numbers }) => numbers[0] + numbers[1],
     spin: ({ ms }) => { const until = performance.now() + ms; while (performance.now() < until); return 'spun'; },
     fail: () => { throw new Error('no such ink'); },
     leave: () => process.exit(3),
     fill: () => { const all = []; for (;;) all.push(new Array(100_000).fill({})); },
     // Fields after the name, which stands in brackets: the 17th is the nice value (man 5 proc_pid_stat).
     niceness: () => readdirSync('/proc/self/task').map((thread) =>
       Number(readFileSync('/proc/self/task/' + thread + '/stat', 'utf8').split(') ')[1].split(' ')[16])),
     pid: () => process.pid,
     environment: () => Object.keys(process.env).length,
     view: () => Buffer.from('short'),
   };
   answerTasks((task) => acts[task.act](task));`,
);
afterAll(() => rmSync(folder, { recursive: true }));

type Task = { act: string; numbers?: number[]; ms?: number };
const open = (options: { taskMsMax?: number; idleMs?: number; priority?: 'idle' | 'low' } = {}) =>
  createHelpers<Task, unknown>({
    file,
    // Tasks run when nothing else wants the core, which on a busy machine is seldom.
    taskMsMax: 30_000,
    idleMs: 30_000,
    heapMiBMax: 32,
    priority: 'idle',
    ...options,
  });

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('helper processes', () => {
  test('answer, and answer again after a task that failed', async () => {
    const helpers = open();
    expect(await helpers.run({ act: 'add', numbers: [1, 2] })).toBe(3);
    await expect(helpers.run({ act: 'fail' })).rejects.toThrow('no such ink');
    expect(await helpers.run({ act: 'add', numbers: [3, 4] })).toBe(7);
    expect(Buffer.from((await helpers.run({ act: 'view' })) as Uint8Array).toString()).toBe('short');
    await helpers.close();
  });

  test('leave the event loop free; control: the same work on the loop does not', async () => {
    const helpers = open();
    await helpers.run({ act: 'add', numbers: [0, 0] });
    // Counted, not timed: a busy machine lets the loop wait, too, but leaves it some turns.
    const turnsDuring = async (work: () => unknown) => {
      let turns = 0;
      const timer = setInterval(() => (turns += 1), 5);
      await work();
      clearInterval(timer);
      return turns;
    };
    const beside = await turnsDuring(() => helpers.run({ act: 'spin', ms: 400 }));
    const control = await turnsDuring(() => {
      const until = performance.now() + 400;
      while (performance.now() < until);
    });
    expect(control).toBe(0);
    expect(beside).toBeGreaterThan(4);
    await helpers.close();
  });

  test.runIf(process.platform === 'linux').each([
    ['idle', 19],
    ['low', 10],
  ] as const)('run at their priority, with all their threads: %s', async (priority, nice) => {
    const helpers = open({ priority });
    const values = (await helpers.run({ act: 'niceness' })) as number[];
    expect(values.length).toBeGreaterThan(1);
    expect(new Set(values)).toEqual(new Set([nice]));
    await helpers.close();
  });

  test.runIf(process.platform === 'linux')('a scheduler that is missing or fails is not used', () => {
    expect(findIdleScheduler(['/no/such/program', '/bin/false'])).toBeUndefined();
    expect(findIdleScheduler(['/bin/false', ...idleSchedulers])).toBe(findIdleScheduler(idleSchedulers));
  });

  test('a late task has an error of its own, so that it can be refused as overload', async () => {
    const helpers = open({ taskMsMax: 300 });
    const refused = helpers.run({ act: 'spin', ms: 60_000 }).catch(busyIfLate('password', 3));
    await expect(refused).rejects.toMatchObject({ code: 'service.busy', retryAfterSeconds: 3 });
    await helpers.close();
    const failing = open();
    await expect(failing.run({ act: 'fail' }).catch(busyIfLate('password', 3))).rejects.toThrow('no such ink');
    await failing.close();
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('finish their task when the whole service gets %s', async (signal) => {
    const helpers = open();
    const pid = (await helpers.run({ act: 'pid' })) as number;
    const spun = helpers.run({ act: 'spin', ms: 300 });
    process.kill(pid, signal);
    expect(await spun).toBe('spun');
    expect(await helpers.run({ act: 'pid' })).toBe(pid);
    await helpers.close();
  });

  test('end with the process that started them', async () => {
    const parent = fork(fileURLToPath(new URL('../support/helper-parent.ts', import.meta.url)), [file], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [pid] = (await once(parent, 'message')) as [number];
    expect(isRunning(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until(async () => !isRunning(pid));
  });

  test('get no environment variables', async () => {
    const helpers = open();
    expect(await helpers.run({ act: 'environment' })).toBe(0);
    await helpers.close();
  });

  test.each([
    ['spin', 'took longer than 300 ms'],
    ['leave', 'the helper process ended'],
    ['fill', /helper process ended/],
  ])('are killed when a task does not end: %s', async (act, said) => {
    const helpers = open({ taskMsMax: act === 'spin' ? 300 : 50_000 });
    await expect(helpers.run({ act, ms: 60_000 })).rejects.toThrow(said);
    const next = open();
    expect(await next.run({ act: 'add', numbers: [1, 1] })).toBe(2);
    await Promise.all([helpers.close(), next.close()]);
  });

  test('end when they are idle for a while, and start again', async () => {
    const helpers = open({ idleMs: 30 });
    const first = (await helpers.run({ act: 'pid' })) as number;
    await until(async () => !isRunning(first));
    expect(await helpers.run({ act: 'add', numbers: [2, 2] })).toBe(4);
    await helpers.close();
  });
});
