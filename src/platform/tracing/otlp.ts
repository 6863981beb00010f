import { SpanKind as OtelKind, SpanStatusCode, TraceFlags, type HrTime } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { counter } from '../metrics.ts';
import type { KeptTrace, Span, SpanKind } from './trace.ts';

const exportsTotal = counter('tracing_exports_total', 'Batches of spans sent to the collector', ['outcome']);

const batchMax = 256;
/**
 * The most spans that wait for the collector. Later ones are dropped, so that a collector that is down costs no memory.
 */
const waitingMax = 4096;
const sendEveryMs = 1000;
const sendTimeoutMs = 5000;
const sendsAtOnceMax = 2;

/** Sends finished traces to a collector by OTLP over HTTP. */
export function createOtlpExport(options: {
  /** Address of the collector, without `/v1/traces`. */
  readonly url: string;
  readonly process: string;
}): { send(trace: KeptTrace): void; close(): Promise<void> } {
  const exporter = new OTLPTraceExporter({
    url: `${options.url}/v1/traces`,
    timeoutMillis: sendTimeoutMs,
    concurrencyLimit: sendsAtOnceMax,
  });
  const resource = resourceFromAttributes({
    'service.name': `antre-${options.process}`,
    'process.pid': process.pid,
  });
  const processor = new BatchSpanProcessor({
    exporter: {
      export: (spans, done) =>
        exporter.export(spans, (result) => {
          exportsTotal.inc({ outcome: result.error === undefined ? 'sent' : 'failed' });
          done(result);
        }),
      shutdown: () => exporter.shutdown(),
    },
    maxExportBatchSize: batchMax,
    maxQueueSize: waitingMax,
    scheduledDelayMillis: sendEveryMs,
    exportTimeoutMillis: sendTimeoutMs,
  });
  return {
    send: ({ traceId, spans }) => {
      for (const span of spans) processor.onEnd(readable(traceId, span, resource));
    },
    close: () => processor.shutdown().catch(() => {}),
  };
}

const kinds: Readonly<Record<SpanKind, OtelKind>> = {
  internal: OtelKind.INTERNAL,
  server: OtelKind.SERVER,
  client: OtelKind.CLIENT,
  consumer: OtelKind.CONSUMER,
};
const instrumentationScope = { name: 'antre' };
const nanosecondsPerMs = 1e6;

function readable(traceId: string, span: Span, resource: ReadableSpan['resource']): ReadableSpan {
  const context = (spanId: string) => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED });
  const own = context(span.spanId);
  return {
    name: span.name,
    kind: kinds[span.kind],
    spanContext: () => own,
    ...(span.parentSpanId === undefined ? {} : { parentSpanContext: context(span.parentSpanId) }),
    startTime: hrTime(span.startedAt),
    endTime: hrTime(span.endedAt),
    duration: hrTime(Math.max(span.endedAt - span.startedAt, 0)),
    status:
      span.fault === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: span.fault },
    attributes: span.fault === undefined ? span.attributes : { ...span.attributes, 'error.type': span.fault },
    links: span.links.map((link) => ({
      context: { traceId: link.traceId, spanId: link.spanId, traceFlags: TraceFlags.SAMPLED },
    })),
    events: [],
    ended: true,
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function hrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - seconds * 1000) * nanosecondsPerMs)];
}
