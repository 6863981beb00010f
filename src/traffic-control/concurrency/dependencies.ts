import { DomainError } from '../../platform/errors.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import type { Dependency, RouteClass } from '../route-rules.ts';
import { callingClass } from './calling-class.ts';
import { type ConcurrencyLimiter, createConcurrencyLimiter } from './create-concurrency-limiter.ts';
import { limitCall } from './limit-calls.ts';

export type DependencyLimiters = Readonly<Record<Dependency, ConcurrencyLimiter>>;

/**
 * Two batches of a hundred for each connection, in slots: a healthy database answers these within a tenth of a second
 * even in the first moments of a process. A failing database brings the limit down within seconds; a lower start would
 * refuse calls of a healthy one.
 */
const slotsPerWriteConnection = 8;
const slotsPerWriteConnectionMax = 16;
const itemsPerWriteSlot = 25;
/**
 * One batch in flight and one ready behind it, in the lane of one hot event: with fewer slots Postgres waits for our
 * loop.
 */
const writeSlotsMin = 8;
/**
 * Answers within this time are not late, whatever waits with them. A much lower value would mistake our own event loop,
 * some hundredths of a second late under load, for a slow database. The lane of a hot event would then have too few
 * orders in flight to have its next batch ready.
 */
const writesToleratedMs = 150;
const readsToleratedMs = 100;
const gatewaySlots = 16;
const gatewayToleratedMs = 1500;

/** Items in flight to the pool of group commits, from submission to answer. */
export function createWritesLimiter(poolSize: number): ConcurrencyLimiter {
  return createConcurrencyLimiter({
    name: 'postgres_writes',
    slots: poolSize * slotsPerWriteConnection,
    slotsMin: writeSlotsMin,
    slotsMax: poolSize * slotsPerWriteConnectionMax,
    itemsPerSlot: itemsPerWriteSlot,
    toleratedMs: writesToleratedMs,
  });
}

/**
 * Calls in flight to a pool of single queries and transactions. Never fewer than its connections: they exist, and a
 * call that is slow because our own loop is busy must not count as a slow database.
 */
export function createCallsLimiter(name: string, poolSize: number): ConcurrencyLimiter {
  return createConcurrencyLimiter({ name, slots: poolSize, slotsMin: poolSize, toleratedMs: readsToleratedMs });
}

/** For the pool of single calls: each call has the class of the request that it is made for. */
export function limitByCaller(limiter: ConcurrencyLimiter): <Result>(call: () => Promise<Result>) => Promise<Result> {
  return (call) => limitCall(limiter, { class: callingClass() }, call);
}

const classOfCall = { create: 1, call: 2, refund: 5 } as const satisfies Record<string, RouteClass>;
type GatewayCall = keyof typeof classOfCall;

/** A limit on calls of a gateway, in the form that payments ask for. */
export function createGatewayLimit(): {
  fullFor(purpose: GatewayCall): number | undefined;
  call<Result extends { readonly kind: string }>(
    purpose: GatewayCall,
    act: () => Promise<Result>,
  ): Promise<Result | { readonly full: number }>;
} {
  const limiter = createConcurrencyLimiter({
    name: 'gateway',
    slots: gatewaySlots,
    toleratedMs: gatewayToleratedMs,
  });
  return {
    fullFor: (purpose) => (limiter.wouldRefuse(classOfCall[purpose]) ? limiter.retryAfterSeconds() : undefined),
    call: async (purpose, act) => {
      let began = false;
      const begin = () => {
        began = true;
        return act();
      };
      try {
        return await limitCall(limiter, { class: classOfCall[purpose] }, begin, {
          result: ({ kind }) => (kind === 'unknown' ? 'failed' : 'ok'),
          // An open circuit has made no call.
          error: (error) => (error instanceof RetryLater ? 'ignored' : 'failed'),
        });
      } catch (error) {
        if (began || !(error instanceof DomainError)) throw error;
        return { full: error.retryAfterSeconds ?? limiter.retryAfterSeconds() };
      }
    },
  };
}
