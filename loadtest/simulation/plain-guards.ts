import { createLatencyWindow } from '../../src/traffic-control/concurrency/latency-window.ts';
import { createMedianFilter, createMovingAverage } from '../../src/traffic-control/concurrency/moving-average.ts';
import { createCorrelationWindow } from './correlation-window.ts';

/**
 * A second control: Vegas' thresholds with failsafe-go's published guards, by correlations smoothed over fifty windows. It
 * does not drift but oscillates: the guards see a step of the limit only long after it.
 */
export type PlainGuards = {
  answered(latencyMs: number, inflight: number, now: number, isFull: boolean): void;
  readonly limit: number;
};

const windowMs = 500;
const samplesMin = 30;
const percentile = 0.9;
const smoothed = 5;
const baselineAge = 10;
const warmup = 10;
const correlated = 50;

export function createPlainGuards(
  bounds: { initial: number; min: number; max: number },
  startedAt: number,
): PlainGuards {
  const latencies = createLatencyWindow();
  const filtered = createMedianFilter(smoothed);
  const recent = createMovingAverage(smoothed, warmup);
  const baseline = createMovingAverage(baselineAge, warmup);
  const throughputs = createCorrelationWindow(correlated, warmup);
  const slownesses = createCorrelationWindow(correlated, warmup);
  let limit = bounds.initial;
  let peak = 0;
  let wasFull = false;
  let windowEnds = startedAt + windowMs;

  const stepOf = (): number => {
    const recentMs = recent.add(filtered(latencies.percentile(percentile)));
    const queue = Math.ceil(limit * (1 - baseline.add(recentMs) / recentMs));
    const throughput = throughputs(peak, peak / recentMs);
    const slowness = slownesses(peak, recentMs).correlation;
    const unit = Math.max(1, Math.log10(limit));
    if (queue > 6 * unit) return -unit;
    const isSlowing = slowness > 0.5 && (throughput.correlation < 0.3 || throughput.variation < 0.2);
    if (wasFull && (throughput.correlation < 0 || isSlowing)) return -unit;
    return queue < 3 * unit && peak * 2 > limit ? unit : 0;
  };

  return {
    answered: (latencyMs, inflight, now, isFull) => {
      latencies.add(latencyMs);
      peak = Math.max(peak, inflight);
      wasFull ||= isFull;
      if (now < windowEnds || latencies.count < samplesMin) return;
      limit = Math.min(Math.max(limit + stepOf(), bounds.min), bounds.max);
      windowEnds = now + Math.max(windowMs, 2 * latencies.minMs);
      latencies.clear();
      peak = 0;
      wasFull = false;
    },
    get limit() {
      return Math.floor(limit);
    },
  };
}
