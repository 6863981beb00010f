import type { Log } from '../log.ts';
import { orAfter } from './deadline.ts';

/**
 * Resources to close, in the order in which they were opened. They are closed in reverse, each with its own deadline.
 */
export type Closers = {
  add(name: string, close: () => Promise<unknown> | unknown): void;
  close(): Promise<void>;
};

export const closeDeadlineMs = 10_000;

export function createClosers(log: Log): Closers {
  const stack: { name: string; close: () => Promise<unknown> | unknown }[] = [];
  return {
    add: (name, close) => void stack.push({ name, close }),
    close: async () => {
      for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
        const { name, close } = entry;
        try {
          await orAfter(closeDeadlineMs, Promise.resolve(close()), () =>
            Promise.reject(new Error(`not closed within ${closeDeadlineMs} ms`)),
          );
        } catch (error) {
          log.error({ err: error, name }, 'could not close');
        }
      }
    },
  };
}

/** Runs `stop` once at the first SIGINT or SIGTERM; the second one ends the process at once. */
export function onStopSignal(stop: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}
