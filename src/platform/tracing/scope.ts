import { AsyncLocalStorage } from 'node:async_hooks';
import { type Attributes, type SpanKind, type Trace, faultOf, noLinks, nowMs } from './trace.ts';
import { formatTraceparent, newSpanId } from './traceparent.ts';

/** The trace, and the counter of calls, of the code that runs now. */
export type Scope = {
  readonly trace: Trace | undefined;
  readonly spanId: string | undefined;
  /** Calls to Postgres, counted for `Server-Timing`. */
  readonly sql: { calls: number; ms: number };
};

const spansMax = 200;

const storage = new AsyncLocalStorage<Scope | undefined>();

/** Undefined for work that is neither traced nor counted. */
export const currentScope = (): Scope | undefined => storage.getStore();

/** Runs work inside a trace, so that its spans are recorded there. */
export function withinTrace<Result>(trace: Trace | undefined, act: () => Result): Result {
  if (trace === undefined || !trace.hasParts) return act();
  return storage.run({ trace, spanId: trace.rootSpanId, sql: { calls: 0, ms: 0 } }, act);
}

/** Runs work whose calls to Postgres are counted, with or without a trace. */
export function withinCounted<Result>(trace: Trace | undefined, act: (sql: Scope['sql']) => Result): Result {
  const sql = { calls: 0, ms: 0 };
  const parts = trace?.hasParts === true ? trace : undefined;
  return storage.run({ trace: parts, spanId: parts?.rootSpanId, sql }, () => act(sql));
}

/**
 * Runs work that belongs to no single request, such as a batch for many, outside the trace of the request that started
 * it.
 */
export function detached<Result>(act: () => Result): Result {
  return storage.getStore() === undefined ? act() : storage.run(undefined, act);
}

/** Runs a part of the present trace as a span of its own. Without a trace it only runs. */
export function traced<Result>(
  name: string,
  kind: SpanKind,
  attributes: Attributes,
  act: () => Promise<Result>,
): Promise<Result> {
  const span = beginSpan(name, kind, attributes);
  return span === undefined ? act() : span.run(act);
}

export type OpenSpan = {
  readonly traceparent: string;
  /** Runs its work and ends it. */
  run<Result>(act: () => Promise<Result>): Promise<Result>;
  end(more?: Attributes, fault?: string): void;
};

/** A part of the present trace that is ended by hand; undefined without a trace. */
export function beginSpan(name: string, kind: SpanKind, attributes: Attributes): OpenSpan | undefined {
  const scope = storage.getStore();
  if (scope?.trace === undefined || scope.trace.isEnded) return undefined;
  const { trace, spanId: parentSpanId } = scope;
  if (trace.spans.length >= spansMax) {
    trace.droppedSpans += 1;
    return undefined;
  }
  const spanId = newSpanId();
  const startedAt = nowMs();
  const end = (more?: Attributes, fault?: string): void => {
    if (trace.isEnded) return;
    const all = more === undefined ? attributes : { ...attributes, ...more };
    trace.spans.push({
      name,
      kind,
      spanId,
      parentSpanId,
      startedAt,
      endedAt: nowMs(),
      attributes: all,
      fault,
      links: noLinks,
    });
  };
  const run = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    let fault: string | undefined;
    try {
      return await storage.run({ ...scope, spanId }, act);
    } catch (error) {
      fault = faultOf(error);
      throw error;
    } finally {
      end(undefined, fault);
    }
  };
  return { traceparent: formatTraceparent({ ...trace, spanId }), run, end };
}

/** The id of the present trace, for log lines. */
export function currentTraceId(): string | undefined {
  return storage.getStore()?.trace?.traceId;
}

/**
 * The stored text by which other processes continue the present trace. Only sampled traces have one, since others are
 * dropped.
 */
export function storedTraceparent(): string | null {
  const scope = storage.getStore();
  if (scope?.trace === undefined || !scope.trace.isSampled) return null;
  return formatTraceparent({
    traceId: scope.trace.traceId,
    spanId: scope.spanId ?? scope.trace.rootSpanId,
    isSampled: true,
  });
}
