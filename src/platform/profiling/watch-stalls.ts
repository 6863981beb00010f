import { Worker } from 'node:worker_threads';
import type { Log } from '../log.ts';
import { counter } from '../metrics.ts';
import { helperFile } from '../resilience/helper-processes.ts';
import type { Stall, WatcherData } from './stall-watcher.ts';

const stalls = counter('event_loop_stalls_total', 'Stalls of the event loop for longer than STALL_LOG_MS');

const beatEveryMs = 50;
/** A process that stalls all the time is rarely stopped for its stack, and writes few lines. */
const stackEveryMs = 60_000;
const watcherHeapMiB = 64;

/**
 * Logs what the event loop is doing when it has been blocked for `stallMs`: the stack at that moment, at most once a
 * minute. A thread watches the loop. It interrupts the main thread only during a stall, so nothing is slower before.
 */
export function watchStalls({ stallMs, log }: { readonly stallMs: number; readonly log: Log }): {
  close(): Promise<unknown>;
} {
  const beats = new BigInt64Array(new SharedArrayBuffer(8));
  const beat = () => void Atomics.store(beats, 0, process.hrtime.bigint());
  beat();
  const timer = setInterval(beat, beatEveryMs).unref();
  const data: WatcherData = { beats, stallMs, stackEveryMs };
  const watcher = new Worker(helperFile('./stall-watcher.ts', import.meta.url), {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: watcherHeapMiB },
  });
  watcher.unref();
  let unlogged = 0;
  watcher.on('message', ({ ms, stack }: Stall) => {
    stalls.inc();
    if (stack === '') {
      unlogged += 1;
      return;
    }
    log.warn({ ms, stack, unlogged }, 'the event loop stood still');
    unlogged = 0;
  });
  watcher.on('error', (error) => log.warn({ err: error }, 'stalls of the event loop are not watched any more'));
  return {
    close: () => {
      clearInterval(timer);
      return watcher.terminate();
    },
  };
}
