import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { GatewayReport, GatewayTask } from './gateway-sink.ts';

export type GatewaySink = {
  readonly url: string;
  readonly pid: number;
  pay(task: GatewayTask): void;
  /**
   * Payments acknowledged since the last call, callbacks that were not acknowledged at first, and all payments made and
   * made again.
   */
  taken(): Promise<TakenPayments>;
  stop(): Promise<void>;
};

type TakenPayments = Exclude<GatewayReport, { readonly port: number }>;

export async function startGatewaySink(): Promise<GatewaySink> {
  const child = fork(new URL('gateway-sink.ts', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const next = async () => ((await once(child, 'message')) as [GatewayReport])[0];
  const begun = await next();
  return {
    url: `http://127.0.0.1:${'port' in begun ? begun.port : 0}`,
    pid: child.pid ?? 0,
    pay: (task) => child.send(task),
    taken: async () => {
      child.send('report');
      const report = await next();
      return 'payments' in report ? report : { payments: [], refused: 0, made: 0, repeated: 0 };
    },
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}
