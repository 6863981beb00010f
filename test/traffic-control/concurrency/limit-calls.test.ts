import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createGroupCommit } from '../../../src/platform/database/group-commit.ts';
import { DomainError, serviceUnavailable } from '../../../src/platform/errors.ts';
import { registry } from '../../../src/platform/metrics.ts';
import { RetryLater } from '../../../src/platform/jobs/retry-later.ts';
import {
  asClass,
  callingClass,
  createConcurrencyLimiter,
  createGatewayLimit,
  limitByCaller,
  limitCall,
  limitGroupCommit,
} from '../../../src/traffic-control/concurrency/index.ts';
import { createShedder } from '../../../src/traffic-control/shedding/shedder.ts';

/** Guards promise 8 where dependencies are called: the calls in flight are their real load. */

const small = (name: string) => createConcurrencyLimiter({ name, slots: 4, slotsMax: 4 });

/** Calls that end when they are told to. */
function heldCalls() {
  const ends: (() => void)[] = [];
  return {
    call: () => new Promise<string>((resolve) => ends.push(() => resolve('answer'))),
    endAll: () => {
      for (const end of ends.splice(0)) end();
    },
    underway: () => ends.length,
  };
}

const settled = (promises: readonly Promise<unknown>[]) => Promise.allSettled(promises);

describe('a limited call', () => {
  it('is refused with 503 and a jittered Retry-After, without having begun', async () => {
    const limiter = small('refusing');
    const { call, endAll, underway } = heldCalls();
    const calls = Array.from({ length: 40 }, () => limitCall(limiter, { class: 4 }, call));
    const outcomes = settled(calls);
    expect(underway()).toBe(4);
    await pause(250);
    expect(underway()).toBe(4);
    endAll();
    const results = await outcomes;
    const refusals = results.flatMap((one) => (one.status === 'rejected' ? [one.reason as DomainError] : []));
    expect(refusals).toHaveLength(36);
    for (const error of refusals) {
      expect(error).toBeInstanceOf(DomainError);
      expect(error.code).toBe('service.overloaded');
      expect(Number.isInteger(error.retryAfterSeconds)).toBe(true);
      expect(error.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    }
    expect(new Set(refusals.map((error) => error.retryAfterSeconds)).size).toBeGreaterThan(1);
    expect(limiter.state.inflight).toBe(0);
    limiter.close();
  });

  it('gives its place back when it fails', async () => {
    const limiter = small('failing');
    const failing = () => Promise.reject(serviceUnavailable());
    await settled(Array.from({ length: 4 }, () => limitCall(limiter, { class: 2 }, failing)));
    expect(limiter.state.inflight).toBe(0);
    limiter.close();
  });

  it('shows limit, calls and refusals in the metrics', async () => {
    const limiter = small('shown');
    const { call, endAll } = heldCalls();
    const calls = settled(Array.from({ length: 20 }, () => limitCall(limiter, { class: 5 }, call)));
    const text = await registry.metrics();
    expect(text).toContain('antre_concurrency_limit{dependency="shown"} 4');
    expect(text).toContain('antre_concurrency_inflight{dependency="shown"} 4');
    expect(text).toContain('antre_concurrency_queued{dependency="shown"} 8');
    expect(text).toContain('antre_concurrency_refused_total{dependency="shown",class="C5",cause="line_full"} 8');
    endAll();
    await pause(1);
    endAll();
    await pause(1);
    endAll();
    await calls;
    limiter.close();
    expect(await registry.metrics()).not.toContain('antre_concurrency_limit{dependency="shown"} 4');
  });
});

describe('a limited group commit', () => {
  it('counts items from their submission to their answer, and admits callbacks beyond the limit', async () => {
    const limiter = createConcurrencyLimiter({ name: 'lane', slots: 4, slotsMax: 4, itemsPerSlot: 5 });
    const held: (() => void)[] = [];
    const group = createGroupCommit<number, number>({
      name: 'limited_test',
      flush: (_lane, items) => new Promise((resolve) => held.push(() => resolve(items))),
      batchMax: 10,
      queueMax: 1000,
      deadlineMs: 10_000,
      flushesMax: 1,
    });
    const orders = limitGroupCommit(group, limiter, 2);
    const callbacks = limitGroupCommit(group, limiter, 0);
    const submitted = settled(Array.from({ length: 100 }, (_, index) => orders.submit('event', index)));
    const paid = settled(Array.from({ length: 30 }, (_, index) => callbacks.submit('gateway', index)));
    expect(limiter.state.used).toEqual([0, 20, 0]);
    expect(limiter.state.exempt).toBe(30);
    await pause(200);
    for (let turn = 0; turn < 20; turn += 1) {
      for (const end of held.splice(0)) end();
      await pause(1);
    }
    const [served, refused] = [(await submitted).filter((one) => one.status === 'fulfilled'), await paid];
    expect(served.length).toBeGreaterThanOrEqual(20);
    expect(served.length).toBeLessThan(60);
    expect(refused.every((one) => one.status === 'fulfilled')).toBe(true);
    expect(limiter.state.inflight).toBe(0);
    limiter.close();
  });
});

describe('calls of a pool', () => {
  it('are made in the class of their request, through everything that it awaits', async () => {
    const limiter = small('by_caller');
    const limit = limitByCaller(limiter);
    const used: (readonly number[])[] = [];
    const work = async () => {
      await pause(1);
      await limit(() => {
        used.push(limiter.state.used);
        return Promise.resolve();
      });
    };
    await asClass(4, work);
    await asClass(2, work);
    await work();
    expect(used).toEqual([
      [0, 0, 1],
      [0, 1, 0],
      [1, 0, 0],
    ]);
    expect(asClass(0, callingClass)).toBe(0);
    limiter.close();
  });
});

describe('a limited gateway', () => {
  it('answers full instead of calling, and does not count as a failure of the breaker', async () => {
    const limit = createGatewayLimit();
    const { call, endAll, underway } = heldCalls();
    const calls = Array.from({ length: 120 }, () => limit.call('refund', async () => ({ kind: await call() })));
    expect(underway()).toBe(16);
    await pause(200);
    const create = limit.call('create', async () => ({ kind: await call() }));
    calls.push(limit.call('refund', async () => ({ kind: await call() })));
    expect(limit.fullFor('refund')).toBeGreaterThanOrEqual(1);
    expect(limit.fullFor('create')).toBeUndefined();
    for (let turn = 0; turn < 3; turn += 1) {
      endAll();
      await pause(1);
    }
    expect(await create).toEqual({ kind: 'answer' });
    const results = await Promise.all(calls);
    expect(results.filter((one) => 'full' in one)).toHaveLength(104);
    await expect(limit.call('call', () => Promise.reject(new RetryLater(3, 'circuit open')))).rejects.toThrow(
      'circuit open',
    );
  });
});

describe('the first look', () => {
  it('refuses a route whose dependency is full for its class, with that limiter’s Retry-After', async () => {
    const limiter = small('postgres_writes');
    const shedder = createShedder({
      pools: [],
      sampler: { sample: () => ({ utilization: 0.1, delayP99Ms: 1 }), close: () => {} },
      limiters: { postgres_writes: limiter },
    });
    const { call, endAll } = heldCalls();
    const first = settled(Array.from({ length: 4 }, () => limitCall(limiter, { class: 2 }, call)));
    await pause(120);
    const next = settled([limitCall(limiter, { class: 2 }, call)]);
    expect(shedder.cause(2, 'postgres_writes')).toBe('postgres_writes');
    expect(shedder.cause(1, 'postgres_writes')).toBeUndefined();
    expect(shedder.cause(2)).toBeUndefined();
    expect(shedder.cause(4)).toBeUndefined();
    expect(shedder.retryAfterSeconds('postgres_writes')).toBeGreaterThanOrEqual(1);
    endAll();
    await first;
    await pause(20);
    endAll();
    await next;
    expect(shedder.cause(2, 'postgres_writes')).toBeUndefined();
    shedder.close();
    limiter.close();
  });
});
