/**
 * The control of the drift bench: Gradient2 of Netflix' concurrency-limits with its defaults. Limit 20 to 200, windows
 * of at least 1 s and 10 samples with their mean, a baseline over 600 windows, tolerance 1.5, smoothing 0.2, 4 queued.
 */
export type Gradient2 = {
  answered(latencyMs: number, inflight: number, now: number): void;
  readonly limit: number;
};

const limitMin = 20;
const limitMax = 200;
const longWindows = 600;
const warmupWindows = 10;
const tolerance = 1.5;
const smoothing = 0.2;
const queueSize = 4;
const windowMs = 1000;
const samplesMin = 10;

export function createGradient2(startedAt: number): Gradient2 {
  let limit = limitMin;
  let windows = 0;
  let longMs = 0;
  let sum = 0;
  let count = 0;
  let peak = 0;
  let windowEnds = startedAt + windowMs;

  const endWindow = (shortMs: number): void => {
    windows += 1;
    if (windows <= warmupWindows) longMs += (shortMs - longMs) / windows;
    else longMs += (shortMs - longMs) * (2 / (longWindows + 1));
    if (longMs / shortMs > 2) longMs *= 0.95;
    if (peak < limit / 2) return;
    const gradient = Math.min(Math.max((tolerance * longMs) / shortMs, 0.5), 1);
    const wanted = limit * gradient + queueSize;
    limit = Math.min(Math.max(limit * (1 - smoothing) + wanted * smoothing, limitMin), limitMax);
  };

  return {
    answered: (latencyMs, inflight, now) => {
      sum += latencyMs;
      count += 1;
      peak = Math.max(peak, inflight);
      if (now < windowEnds || count < samplesMin) return;
      endWindow(sum / count);
      windowEnds = now + windowMs;
      sum = 0;
      count = 0;
      peak = 0;
    },
    get limit() {
      return Math.floor(limit);
    },
  };
}
