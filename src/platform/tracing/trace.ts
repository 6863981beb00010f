import type { SubjectIds } from '../ids.ts';
import { type TraceParent, newSpanId, newTraceId, parseTraceparent } from './traceparent.ts';

/**
 * What one request or job does, as a tree of spans. The spans of a trace stay in memory until it ends. Then the whole
 * trace is kept or dropped (`endTrace`): sampled ones, those with an error, and slow ones are kept. Names and
 * attributes hold ids, never personal data, addresses or query texts.
 *
 * While tracing is off, `isTracing` is false and nothing is allocated.
 */

export type SpanKind = 'internal' | 'server' | 'client' | 'consumer';
export type Attributes = Readonly<Record<string, string | number | boolean>>;

export type Span = {
  readonly name: string;
  readonly kind: SpanKind;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** Milliseconds since 1970, with fractions. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Attributes;
  /** Why it failed: a name or a code, never a message. */
  readonly fault: string | undefined;
  readonly links: readonly TraceParent[];
};

/** What a finished trace is made of. */
export type KeptTrace = { readonly traceId: string; readonly spans: readonly Span[]; readonly why: KeptBecause };
export type KeptBecause = 'sampled' | 'error' | 'slow';

/** A request or job in progress. */
export type Trace = {
  readonly parent: TraceParent | undefined;
  readonly kind: SpanKind;
  readonly links: readonly TraceParent[];
  readonly isSampled: boolean;
  /**
   * Whether its parts are recorded, too. If not, it costs next to nothing, and only its root is kept if it fails or is
   * slow.
   */
  readonly hasParts: boolean;
  readonly startedAt: number;
  readonly traceId: string;
  readonly rootSpanId: string;
  readonly spans: Span[];
  droppedSpans: number;
  isEnded: boolean;
};

/** Where finished traces go. */
export type TraceSink = {
  readonly sampleRatio: number;
  readonly slowMs: number;
  keep(trace: KeptTrace): void;
};

/** Traces that strangers may ask for by the flag of their header, in each second. */
const askedPerSecondMax = 10;

let sink: TraceSink | undefined;
let askedFrom = 0;
let askedCount = 0;

/** Turns tracing on for this process; undefined turns it off. */
export function setTraceSink(given: TraceSink | undefined): void {
  sink = given;
}

export const isTracing = (): boolean => sink !== undefined;

export const nowMs = (): number => performance.timeOrigin + performance.now();

/**
 * Begins a trace, or continues that of `parent`.
 * @param options.parent a `traceparent`, from our own rows or, with `isFromOutside`, from a client
 * @param options.isHot records parts only if the trace is sampled
 */
export function beginTrace(options: {
  readonly kind: SpanKind;
  readonly parent?: string | null | undefined;
  readonly isFromOutside?: boolean;
  readonly isHot?: boolean;
  readonly links?: readonly (string | null | undefined)[];
}): Trace | undefined {
  if (sink === undefined) return undefined;
  const parent = options.parent ? parseTraceparent(options.parent) : undefined;
  const isAsked = parent?.isSampled === true && (options.isFromOutside !== true || mayAsk());
  const isSampled = isAsked || Math.random() < sink.sampleRatio;
  const hasParts = isSampled || options.isHot !== true;
  return {
    parent,
    kind: options.kind,
    links: options.links?.flatMap((link) => parseTraceparent(link) ?? []) ?? noLinks,
    isSampled,
    hasParts,
    startedAt: nowMs(),
    traceId: parent?.traceId ?? (hasParts ? newTraceId() : ''),
    rootSpanId: hasParts ? newSpanId() : '',
    spans: hasParts ? [] : noSpans,
    droppedSpans: 0,
    isEnded: false,
  };
}

export const noLinks: readonly TraceParent[] = [];
const noSpans: Span[] = [];

/** Whether one more stranger may ask for a trace in this second. */
function mayAsk(): boolean {
  const now = performance.now();
  if (now - askedFrom >= 1000) {
    askedFrom = now;
    askedCount = 0;
  }
  askedCount += 1;
  return askedCount <= askedPerSecondMax;
}

/** Ends a trace, and keeps it if it was sampled, failed, or was slow. */
export function endTrace(
  trace: Trace,
  {
    name,
    attributes,
    fault,
  }: { readonly name: string; readonly attributes: Attributes; readonly fault?: string | undefined },
): void {
  trace.isEnded = true;
  if (sink === undefined) return;
  const endedAt = nowMs();
  const why = whyKept(trace, { fault, ms: endedAt - trace.startedAt, slowMs: sink.slowMs });
  if (why === undefined) return;
  const root: Span = {
    name,
    kind: trace.kind,
    spanId: trace.rootSpanId === '' ? newSpanId() : trace.rootSpanId,
    parentSpanId: trace.parent?.spanId,
    startedAt: trace.startedAt,
    endedAt,
    attributes: trace.droppedSpans === 0 ? attributes : { ...attributes, 'antre.dropped_spans': trace.droppedSpans },
    fault,
    links: trace.links,
  };
  sink.keep({ traceId: trace.traceId === '' ? newTraceId() : trace.traceId, spans: [root, ...trace.spans], why });
}

function whyKept(
  trace: Trace,
  { fault, ms, slowMs }: { fault: string | undefined; ms: number; slowMs: number },
): KeptBecause | undefined {
  if (trace.isSampled) return 'sampled';
  if (fault !== undefined) return 'error';
  return ms >= slowMs ? 'slow' : undefined;
}

/** The attributes of a span about an order or an event. */
export function subjectAttributes({ order, event }: SubjectIds): Attributes {
  return {
    ...(order === undefined ? {} : { 'antre.order_id': order }),
    ...(event === undefined ? {} : { 'antre.event_id': event }),
  };
}

/** A code or a name: messages may quote what people typed. */
export function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
