import { createLatencies } from '../../generator/latencies.ts';
import type { Payment } from '../load/gateway-sink.ts';
import { type Callbacks, patienceMs } from './step.ts';
import type { SurgeWorld } from './surge-world.ts';

/** Counts the callbacks that the gateway's process has sent. */
export function followCallbacks({ gateway }: SurgeWorld): Callbacks {
  let all = 0;
  let kept: Payment[] = [];
  const read = async () => {
    const { payments } = await gateway.taken();
    all += payments.length;
    kept.push(...payments);
  };
  return {
    total: async () => {
      await read();
      return all;
    },
    since: async (fromMs) => {
      await read();
      const latencies = createLatencies();
      let inTime = 0;
      for (const { toldMs, acknowledgedMs } of kept) {
        if (toldMs < fromMs) continue;
        latencies.add(acknowledgedMs - toldMs);
        if (acknowledgedMs - toldMs <= patienceMs) inTime += 1;
      }
      kept = [];
      return { latencies, inTime };
    },
  };
}
