import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { registry } from '../../../src/platform/metrics.ts';
import { backOffSeconds } from '../../../src/platform/resilience/back-off.ts';
import { CircuitOpenError, createCallGuard } from '../../../src/platform/resilience/call-guard.ts';
import { createRetryBudget } from '../../../src/platform/resilience/retry-budget.ts';

/**
 * Guards that a failing party is called rarely, that calls to others are not affected, and that its recovery is noticed.
 */

/** A busy machine may stand still for longer than a pause, so these tests let the time pass themselves. */
function ownClock() {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  return { advance: (milliseconds: number) => vi.advanceTimersByTime(milliseconds) };
}

const hasFailed = (result: string) => result === 'bad';

describe('a breaker', () => {
  it('lets one probe at a time through while open, and closes when the party is back', async () => {
    const clock = ownClock();
    const guard = createCallGuard({ toward: 'email', pauseMs: 200 });
    let answer = 'bad';
    const probes: boolean[] = [];
    const act = async (isProbe: boolean) => {
      probes.push(isProbe);
      await pause(5);
      return answer;
    };
    const call = () => guard.run('one', act, hasFailed);
    for (let tries = 0; tries < 5; tries += 1) expect(await call()).toBe('bad');
    for (let tries = 0; tries < 20; tries += 1) await expect(call()).rejects.toBeInstanceOf(CircuitOpenError);
    expect(guard.acquire('one', 0)).toBeGreaterThan(0);
    expect(probes).toHaveLength(5);
    // Another party is not touched by it.
    expect(await guard.run('other', act, () => false)).toBe('bad');
    probes.length = 0;

    for (let round = 1; round <= 3; round += 1) {
      clock.advance(220);
      expect(guard.acquire('one', 0)).toBe(0);
      const crowd = await Promise.allSettled(Array.from({ length: 10 }, call));
      expect(crowd.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(probes).toEqual(Array.from({ length: round }, () => true));
    }

    answer = 'good';
    clock.advance(220);
    expect(await call()).toBe('good');
    expect(await Promise.all(Array.from({ length: 10 }, call))).toEqual(Array.from({ length: 10 }, () => 'good'));
    expect(guard.acquire('one', 0)).toBe(0);
  });

  it('is reported as open while somebody wants to call the party, and not for ever', async () => {
    const reported = async () => {
      const { values = [] } = (await registry.getSingleMetric('antre_breakers_open')?.get()) ?? {};
      return values.find(({ labels }) => labels['toward'] === 'whatsapp')?.value ?? 0;
    };
    const before = await reported();
    const guard = createCallGuard({ toward: 'whatsapp', pauseMs: 60_000 });
    for (let tries = 0; tries < 5; tries += 1) await guard.run('one', async () => 'bad', hasFailed);
    expect(await reported()).toBe(before + 1);
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 16 * 60_000);
    onTestFinished(() => clock.mockRestore());
    expect(await reported(), 'nobody has wanted to call it for a while').toBe(0);
    expect(guard.acquire('one', 0)).toBe(0);
    expect(await reported()).toBe(1);
  });

  it('counts a thrown error as a failure, and rethrows it', async () => {
    const guard = createCallGuard({ toward: 'email', pauseMs: 60_000 });
    const call = () => guard.run('one', () => Promise.reject(new Error('a fault')), hasFailed);
    for (let tries = 0; tries < 5; tries += 1) await expect(call()).rejects.toThrow('a fault');
    await expect(call()).rejects.toBeInstanceOf(CircuitOpenError);
  });
});

describe('the budget for retries', () => {
  const options = { share: 0.1, reserve: 10, perSecondMin: 0 };

  it('is a tenth of the calls while they fail, at any demand', () => {
    const budget = createRetryBudget(options);
    let [calls, repetitions] = [0, 0];
    for (let round = 0; round < 10_000; round += 1) {
      budget.called();
      calls += 1;
      budget.ended(round % 2 === 0);
      while (budget.take(1) && repetitions < 1e6) {
        repetitions += 1;
        budget.ended(repetitions % 2 === 0);
        if (round < 20) break;
      }
    }
    expect(repetitions / calls).toBeLessThanOrEqual(0.105);
    expect(repetitions / calls).toBeGreaterThan(0.09);
  });

  it('is available again soon after the party has recovered, so that postponed calls catch up', () => {
    const budget = createRetryBudget(options);
    for (let call = 0; call < 1000; call += 1) budget.ended(false);
    while (budget.take(1));
    let calls = 0;
    while (!budget.take(1)) {
      budget.called();
      budget.ended(true);
      calls += 1;
    }
    for (; calls < 200; calls += 1) budget.ended(true);
    for (let repetition = 0; repetition < 1000; repetition += 1) {
      expect(budget.take(1)).toBe(true);
      budget.ended(true);
    }
  });

  it('allows a lone call to be retried after a while', () => {
    const clock = ownClock();
    const budget = createRetryBudget({ share: 0.1, reserve: 1, perSecondMin: 20 });
    for (let call = 0; call < 10; call += 1) budget.ended(false);
    expect(budget.take(1)).toBe(true);
    expect(budget.take(1)).toBe(false);
    clock.advance(80);
    expect(budget.take(1)).toBe(true);
  });
});

it('pauses are random between a second and a bound that doubles', () => {
  for (const [tries, bound] of [
    [1, 4],
    [3, 16],
    [50, 600],
  ] as const) {
    const pauses = Array.from({ length: 2000 }, () => backOffSeconds({ tries, firstSeconds: 4, maxSeconds: 600 }));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(bound);
    const mean = pauses.reduce((sum, seconds) => sum + seconds, 0) / pauses.length;
    expect(mean / bound).toBeGreaterThan(0.4);
    expect(mean / bound).toBeLessThan(0.65);
  }
});
