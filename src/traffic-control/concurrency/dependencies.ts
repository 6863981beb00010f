import { DomainError } from '../../platform/errors.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import type { Dependency, RouteClass } from '../route-rules.ts';
import { callingClass } from './calling-class.ts';
import { type ConcurrencyLimiter, createConcurrencyLimiter } from './create-concurrency-limiter.ts';
import { limitCall } from './limit-calls.ts';

export type DependencyLimiters = Readonly<Record<Dependency, ConcurrencyLimiter>>;

/**
 * Two batches of a hundred for each connection, in slots. A healthy database answers these within a tenth of a second even
 * in the first moments of a process. A failing one lowers the limit within seconds. A lower start would refuse calls of a
 * healthy one.
 */
const slotsPerWriteConnection = 8;
const slotsPerWriteConnectionMax = 16;
const itemsPerWriteSlot = 25;
/**
 * One batch in flight and one ready behind it, in the lane of one hot event. With fewer slots Postgres would wait for the
 * event loop.
 */
const writeSlotsMin = 8;
/**
 * Answers within this time are not late, however many calls wait with them. Under load the event loop itself is some
 * hundredths of a second late. A much lower value would mistake this for a slow database, and the lane of a hot event would
 * have too few orders in flight to keep its next batch ready.
 */
const writesToleratedMs = 150;
const readsToleratedMs = 100;
const gatewaySlots = 16;
const gatewayToleratedMs = 1500;

/** Items in flight to the group commit pool, from submission to answer. */
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
 * Calls in flight to a pool of single queries and transactions. Never fewer than its connections, because a call that is
 * slow due to a busy event loop must not count as a slow database.
 */
export function createCallsLimiter(name: string, poolSize: number): ConcurrencyLimiter {
  return createConcurrencyLimiter({ name, slots: poolSize, slotsMin: poolSize, toleratedMs: readsToleratedMs });
}

/** For the pool of single calls. Each call has the class of its request. */
export function limitByCaller(limiter: ConcurrencyLimiter): <Result>(call: () => Promise<Result>) => Promise<Result> {
  return (call) => limitCall(limiter, { class: callingClass() }, call);
}

const classOfCall = { create: 1, call: 2, refund: 5, look: 5 } as const satisfies Record<string, RouteClass>;
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
          // An open circuit made no call.
          error: (error) => (error instanceof RetryLater ? 'ignored' : 'failed'),
        });
      } catch (error) {
        if (began || !(error instanceof DomainError)) throw error;
        return { full: error.retryAfterSeconds ?? limiter.retryAfterSeconds() };
      }
    },
  };
}
