import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/**
 * Threads for work that would stop the event loop. A thread starts with its first task and ends when it has had nothing
 * to do for a while, so that a process which never needs one pays nothing. It runs at a lower priority than the event
 * loop (`thread-side.ts`), and a task that takes too long ends with its thread.
 *
 * Node's own worker threads, not a pool library: piscina and tinypool start a file of their own by its path, which a
 * bundle does not have, and the queue before the threads is counted in work here (`work-gate.ts`).
 */
export type Threads<Task, Result> = {
  /**
   * Runs a task on a free thread. The caller sees to it that no more tasks run than there are threads.
   * @throws Error when the task fails, takes longer than `taskMsMax`, or its thread ends
   */
  run(task: Task): Promise<Result>;
  close(): Promise<void>;
};

export type ThreadsOptions = {
  /** Where the thread's file is: see `threadFile`. */
  readonly file: URL | string;
  readonly taskMsMax: number;
  readonly idleMs: number;
  /** Of the thread's own heap; what goes beyond ends the thread, not the process. */
  readonly heapMiBMax: number;
};

/** What a thread answers a task with. */
export type ThreadAnswer<Result> = { readonly value: Result } | { readonly fault: string };

const youngHeapMiB = 4;

/**
 * The file of a thread: beside the bundle in production, the source otherwise.
 * @param source the thread's source file
 * @param from the URL of the caller's own module, which in a bundle is the bundle
 */
export function threadFile(source: string, from: string): URL | string {
  const bundled = join(dirname(fileURLToPath(from)), `${basename(source, '.ts')}.mjs`);
  return existsSync(bundled) ? bundled : new URL(source, from);
}

type Slot<Result> = {
  readonly worker: Worker;
  /** Of the task in progress. */
  settle: ((answer: ThreadAnswer<Result> | Error) => void) | undefined;
  idleTimer: NodeJS.Timeout | undefined;
};

export function createThreads<Task, Result>(options: ThreadsOptions): Threads<Task, Result> {
  const free: Slot<Result>[] = [];
  const all = new Set<Slot<Result>>();

  const end = async (slot: Slot<Result>, why: Error): Promise<void> => {
    all.delete(slot);
    clearTimeout(slot.idleTimer);
    const at = free.indexOf(slot);
    if (at >= 0) free.splice(at, 1);
    slot.settle?.(why);
    await slot.worker.terminate();
  };
  const start = (): Slot<Result> => {
    const worker = new Worker(options.file, {
      // Nothing of the service's environment: a thread needs no secret.
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: options.heapMiBMax, maxYoungGenerationSizeMb: youngHeapMiB },
    });
    const slot: Slot<Result> = { worker, settle: undefined, idleTimer: undefined };
    worker.on('message', (answer: ThreadAnswer<Result>) => slot.settle?.(answer));
    worker.on('error', (error) => void end(slot, error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => void end(slot, new Error('the thread ended')));
    all.add(slot);
    return slot;
  };
  const take = (): Slot<Result> => {
    const slot = free.pop() ?? start();
    clearTimeout(slot.idleTimer);
    slot.worker.ref();
    return slot;
  };
  const putBack = (slot: Slot<Result>): void => {
    if (!all.has(slot)) return;
    // An idle thread keeps no process alive.
    slot.worker.unref();
    slot.idleTimer = setTimeout(() => void end(slot, new Error('the thread was idle')), options.idleMs).unref();
    free.push(slot);
  };

  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        const slot = take();
        const tooLong = new Error(`the task took longer than ${options.taskMsMax} ms`);
        const timer = setTimeout(() => void end(slot, tooLong), options.taskMsMax);
        slot.settle = (answer) => {
          slot.settle = undefined;
          clearTimeout(timer);
          putBack(slot);
          if (answer instanceof Error) reject(answer);
          else if ('value' in answer) resolve(answer.value);
          else reject(new Error(answer.fault));
        };
        slot.worker.postMessage(task, []);
      }),
    close: async () => {
      await Promise.all([...all].map((slot) => end(slot, new Error('the threads were closed'))));
    },
  };
}
