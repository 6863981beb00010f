import { DomainError } from '../../platform/errors.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import type { Dependency, RouteClass } from '../route-rules.ts';
import { callingClass } from './calling-class.ts';
import { type ConcurrencyLimiter, createConcurrencyLimiter } from './create-concurrency-limiter.ts';
import { limitCall } from './limit-calls.ts';

export type DependencyLimiters = Readonly<Record<Dependency, ConcurrencyLimiter>>;

/**
 * Two batches of a hundred for each connection, in slots: what a healthy database answers within a tenth of a second even
 * in the first moments of a process. An ill one brings the limit down within seconds; a well one would have refused.
 */
const slotsPerWriteConnection = 8;
const slotsPerWriteConnectionMax = 16;
const itemsPerWriteSlot = 25;
/** A batch on its way and one ready behind it, in the lane of one hot event: with fewer Postgres waits for our loop. */
const writeSlotsMin = 8;
/**
 * What is answered in this time has not waited too long, whatever else waits with it. Much less would take our own event
 * loop, late by some hundredths under load, for a database that is; and the lane of a hot event would have too few
 * orders in flight to have its next batch ready when one ends.
 */
const writesToleratedMs = 150;
const readsToleratedMs = 100;
const gatewaySlots = 16;
const gatewayToleratedMs = 1500;

/** What is in flight to the pool that group commits write by: items, from being handed in to their answer. */
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
 * What is in flight to a pool of single calls: queries and transactions. Never fewer than its connections: there they are, and
 * a call that takes long since our own loop is busy would otherwise be taken for a database that is.
 */
export function createCallsLimiter(name: string, poolSize: number): ConcurrencyLimiter {
  return createConcurrencyLimiter({ name, slots: poolSize, slotsMin: poolSize, toleratedMs: readsToleratedMs });
}

/** For the pool of calls: each in the class of the request that it is made for. */
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
          // A breaker that is open has not called.
          error: (error) => (error instanceof RetryLater ? 'ignored' : 'failed'),
        });
      } catch (error) {
        if (began || !(error instanceof DomainError)) throw error;
        return { full: error.retryAfterSeconds ?? limiter.retryAfterSeconds() };
      }
    },
  };
}
