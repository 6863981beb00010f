import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type HeavyWork, serviceBusy } from '../errors.ts';

/**
 * Child processes for work that would block the event loop. A helper starts with its first task and ends after an idle
 * time, so a process that never needs one pays nothing. A task that takes too long ends with its helper.
 *
 * A helper is a process and not a worker thread because a thread's garbage collection and compression run in the pools
 * of the whole process, at full priority. A helper runs entirely at its low priority, and its memory (up to 150 MiB in
 * threads) and its crashes are its own (`npm run bench -- moments`). Pool libraries (piscina, tinypool, workerpool)
 * offer neither priorities nor a heap limit for processes, and the queue in front of the helpers is counted in work
 * here (`work-gate.ts`).
 */
export type Helpers<Task, Result> = {
  /**
   * Runs a task in a free helper. The caller makes sure that there are never more tasks than helpers allowed.
   * @throws HelperTimeoutError if the task takes longer than `taskMsMax`; Error if it fails or its helper ends
   */
  run(task: Task): Promise<Result>;
  close(): Promise<void>;
};

export type HelperOptions = {
  /** Path of the helper's program (`helperFile`). */
  readonly file: string;
  readonly taskMsMax: number;
  readonly idleMs: number;
  /** Limit of the helper's JavaScript heap. Beyond it the helper ends, not the process. */
  readonly heapMiBMax: number;
  /** `idle` gets only time that nothing else wants; `low` gets a tenth of a core that others want too. */
  readonly priority: 'idle' | 'low';
};

/** A helper's answer to a task. */
export type HelperAnswer<Result> = { readonly value: Result } | { readonly fault: string };

/**
 * Starts a program, with all its threads, that only gets time that nothing else wants (SCHED_IDLE, sched(7)). `chrt` is
 * part of util-linux. A waking event loop gets the core at once; beside a nice value of 19 it waits up to 3 ms.
 */
export const idleSchedulers: readonly string[] = ['/usr/bin/chrt', '/bin/chrt'];
const probeMsMax = 1000;
/** Nice values. `idle` has the lowest one, for systems without that scheduler. */
const niceness = { idle: 19, low: 10 } as const;
const youngHeapMiB = 4;

/** The helper's work did not end in time. On a busy machine this is overload, not a fault of the work. */
class HelperTimeoutError extends Error {
  override name = 'HelperTimeoutError';
}

/** For `catch`: reports late work as `service.busy` and rethrows all other errors. */
export function busyIfLate(work: HeavyWork, retryAfterSeconds: number): (error: unknown) => never {
  return (error) => {
    throw error instanceof HelperTimeoutError ? serviceBusy(work, retryAfterSeconds) : error;
  };
}

/**
 * The first of these programs that works here, determined once per process. A container may forbid changing the
 * scheduler, and a helper started through a program that fails would never answer.
 */
export function findIdleScheduler(candidates: readonly string[]): string | undefined {
  return candidates.find(
    (path) =>
      existsSync(path) &&
      spawnSync(path, ['--idle', '0', 'true'], { stdio: 'ignore', timeout: probeMsMax }).status === 0,
  );
}

let foundScheduler: { readonly path: string | undefined } | undefined;
function idleScheduler(): string | undefined {
  foundScheduler ??= { path: findIdleScheduler(idleSchedulers) };
  return foundScheduler.path;
}

/**
 * Path of a helper's program: beside the bundle in production, the source otherwise.
 * @param source the helper's source file
 * @param from the URL of the caller's own module, which in a bundle is the bundle
 */
export function helperFile(source: string, from: string): string {
  const bundled = join(dirname(fileURLToPath(from)), `${basename(source, '.ts')}.mjs`);
  return existsSync(bundled) ? bundled : fileURLToPath(new URL(source, from));
}

type Slot<Result> = {
  readonly child: ChildProcess;
  /** Settles the task in progress. */
  settle: ((answer: HelperAnswer<Result> | Error) => void) | undefined;
  idleTimer: NodeJS.Timeout | undefined;
};

export function createHelpers<Task, Result>(options: HelperOptions): Helpers<Task, Result> {
  const free: Slot<Result>[] = [];
  const all = new Set<Slot<Result>>();

  const end = (slot: Slot<Result>, reason: Error): void => {
    all.delete(slot);
    clearTimeout(slot.idleTimer);
    const at = free.indexOf(slot);
    if (at >= 0) free.splice(at, 1);
    slot.settle?.(reason);
    slot.child.kill('SIGKILL');
  };
  const start = (): Slot<Result> => {
    const slot: Slot<Result> = { child: startChild(options), settle: undefined, idleTimer: undefined };
    slot.child.on('message', (answer) => slot.settle?.(answer as HelperAnswer<Result>));
    slot.child.on('error', (error) => end(slot, error));
    slot.child.on('exit', (code, signal) => end(slot, new Error(`the helper process ended (${signal ?? code})`)));
    all.add(slot);
    return slot;
  };
  const acquire = (): Slot<Result> => {
    const slot = free.pop() ?? start();
    clearTimeout(slot.idleTimer);
    slot.child.ref();
    slot.child.channel?.ref();
    return slot;
  };
  const release = (slot: Slot<Result>): void => {
    if (!all.has(slot)) return;
    // An idle helper does not keep the process alive.
    slot.child.unref();
    slot.child.channel?.unref();
    slot.idleTimer = setTimeout(() => end(slot, new Error('the helper process was idle')), options.idleMs).unref();
    free.push(slot);
  };

  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        const slot = acquire();
        const tooLong = new HelperTimeoutError(`the task took longer than ${options.taskMsMax} ms`);
        const timer = setTimeout(() => end(slot, tooLong), options.taskMsMax);
        slot.settle = (answer) => {
          slot.settle = undefined;
          clearTimeout(timer);
          if (answer instanceof Error) return reject(answer);
          release(slot);
          if ('value' in answer) resolve(answer.value);
          else reject(new Error(answer.fault));
        };
        slot.child.send(task as object, (error) => error !== null && end(slot, error));
      }),
    close: async () => {
      const ended = [...all].map(({ child }) => once(child, 'exit'));
      for (const slot of all) {
        slot.child.ref();
        end(slot, new Error('the helper processes were closed'));
      }
      await Promise.all(ended);
    },
  };
}

function startChild({ file, heapMiBMax, priority }: HelperOptions): ChildProcess {
  const scheduler = priority === 'idle' ? idleScheduler() : undefined;
  const child = fork(file, [], {
    // A helper needs no secret of the service's environment.
    env: {},
    ...(scheduler === undefined ? {} : { execPath: scheduler }),
    execArgv: [
      ...(scheduler === undefined ? [] : ['--idle', '0', process.execPath]),
      `--max-old-space-size=${heapMiBMax}`,
      `--max-semi-space-size=${youngHeapMiB}`,
      '--v8-pool-size=1',
    ],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // Set here, before Node starts its own threads in the child: they inherit it.
  try {
    if (child.pid !== undefined) setPriority(child.pid, niceness[priority]);
  } catch {
    // Not allowed here, or already ended. Then the helper competes with the event loop, which does no other harm.
  }
  return child;
}
