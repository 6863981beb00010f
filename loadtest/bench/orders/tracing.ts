import { startOtlpCollector } from '../../../testkit/services/otlp-collector.ts';
import { auditFaults } from '../harness/audit.ts';
import type { BenchOptions } from '../harness/options.ts';
import type { BenchReport, Measurement } from '../harness/report.ts';
import { serverSettings } from '../harness/server-figures.ts';
import { startBenchStack } from '../harness/stack.ts';
import { measureOn } from '../load/order-load.ts';

const connections = 128;
const usualRatio = 0.01;
const bar = { ratioMin: 0.97 };

/**
 * The cost of tracing for orders: off, with one in a hundred sampled, off again, and with all sampled. The two runs
 * without tracing show how much a difference means on this machine; the bar compares with their mean.
 */
export async function benchTracing(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('tracing', options);
  const collector = await startOtlpCollector({ keep: false });
  const faults: string[] = [];
  const measured = (name: string, sampleRatio: number | undefined): Promise<Measurement> =>
    measureOn(stack, {
      name,
      connections,
      options,
      faults,
      api: {
        environment:
          sampleRatio === undefined
            ? {}
            : { TRACING_OTLP_URL: collector.url, TRACING_SAMPLE_RATIO: String(sampleRatio) },
      },
    });
  try {
    const off = await measured('control: orders, tracing off', undefined);
    const on = await measured('orders, 1 % sampled', usualRatio);
    const offAgain = await measured('control: orders, tracing off, again', undefined);
    const all = await measured('orders, all sampled', 1);
    const perSecond = (off.perSecond + offAgain.perSecond) / 2;
    const withRatio = (one: Measurement) => ({ ...one, ratio: one.perSecond / perSecond });
    if (collector.batches() === 0) faults.push('no span came to the collector: nothing was measured');
    return {
      measurements: [off, offAgain, { ...withRatio(on), bar }, withRatio(all)],
      faults: [...faults, ...(await auditFaults(stack))],
      facts: { pinned: stack.pinned, connections, settings: await serverSettings(stack) },
    };
  } finally {
    await stack.close();
    await collector.close();
  }
}
