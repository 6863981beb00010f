import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';

/** A request that a storm repeats, each time from another network. */
export type StormRequest = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** The requests of the storm's process. */
export type StormTask = { readonly port: number; readonly atOnce: number; readonly requests: readonly StormRequest[] };

export type Storm = {
  /** @returns the answers by status */
  stop(): Promise<Record<string, number>>;
};

const lowestPriority = 19;

/**
 * Starts a storm of requests from another process, so that the process that measures orders is not busy with the bytes of a
 * hundred PDFs.
 */
export function startStorm(task: StormTask): Storm {
  const child = fork(new URL('storm-sender.ts', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  // Clients have machines of their own. Here they get only what the service and the measurement leave.
  if (child.pid !== undefined) setPriority(child.pid, lowestPriority);
  child.send(task);
  return {
    stop: async () => {
      const answered = once(child, 'message') as Promise<[Record<string, number>]>;
      child.send('stop');
      const [answers] = await answered;
      child.kill();
      return answers;
    },
  };
}
