import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Arrival, SinkReport } from './serve-sink.ts';

/** A server of the outside world, in a process of its own, that accepts every message. */
export type Sink = {
  readonly port: number;
  readonly pid: number;
  /** Messages that arrived since the last call. */
  taken(): Promise<{ readonly arrivals: readonly Arrival[]; readonly bytes: number }>;
  stop(): Promise<void>;
};

export async function startSink(program: 'mail-sink.ts' | 'whatsapp-sink.ts'): Promise<Sink> {
  const child = fork(new URL(program, import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const next = async () => ((await once(child, 'message')) as [SinkReport])[0];
  const begun = await next();
  return {
    port: 'port' in begun ? begun.port : 0,
    pid: child.pid ?? 0,
    taken: async () => {
      child.send('taken');
      const report = await next();
      return 'arrivals' in report ? report : { arrivals: [], bytes: 0 };
    },
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}
