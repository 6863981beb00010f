import { counter } from '../metrics.ts';
import { traceOutgoingCalls } from './outgoing-calls.ts';
import { detached } from './scope.ts';
import { type TraceSink, setTraceSink } from './trace.ts';

const kept = counter('tracing_kept_total', 'Traces that were kept, by reason', ['why']);

export type Tracing = { close(): Promise<void> };

/**
 * Starts tracing for this process. Call it before anything is opened that should be traced. Undefined without a
 * collector; then nothing is loaded.
 * @param options.process `api` or `worker`
 */
export async function startTracing(options: {
  readonly config: {
    readonly TRACING_OTLP_URL?: string | undefined;
    readonly TRACING_SAMPLE_RATIO: number;
    readonly TRACING_SLOW_MS: number;
  };
  readonly process: string;
}): Promise<Tracing | undefined> {
  const { TRACING_OTLP_URL: url, TRACING_SAMPLE_RATIO: sampleRatio, TRACING_SLOW_MS: slowMs } = options.config;
  if (url === undefined) return undefined;
  // The exporter is loaded only if it is used, because it costs memory and start-up time.
  const { createOtlpExport } = await import('./otlp.ts');
  const otlp = createOtlpExport({ url, process: options.process });
  const sink: TraceSink = {
    sampleRatio,
    slowMs,
    keep: (trace) => {
      kept.inc({ why: trace.why });
      detached(() => otlp.send(trace));
    },
  };
  setTraceSink(sink);
  const stopCalls = traceOutgoingCalls();
  return {
    close: () => {
      stopCalls();
      setTraceSink(undefined);
      return otlp.close();
    },
  };
}
