/**
 * How throughput scales with calls in flight: the slope of one over the other on logarithmic scales, by least squares
 * over the last windows, of which older ones weigh less. 1: one per cent more in flight brings one per cent more
 * answers. 0: it only waits. Undefined while little is known, or while the number in flight hardly moved.
 */
export type Scaling = (inflight: number, perSecond: number) => number | undefined;

/** A window weighs so much of the one after it. */
const keep = 0.8;
const warmupWindows = 5;
/** Standard deviation of the logarithm of calls in flight from which it says something: about 2 %. */
const spreadMin = 0.02;
const perSecondMin = 1e-3;

export function createScaling(): Scaling {
  let windows = 0;
  let weight = 0;
  let meanX = 0;
  let meanY = 0;
  let varianceX = 0;
  let covariance = 0;
  return (inflight, perSecond) => {
    windows += 1;
    weight = weight * keep + 1;
    const share = 1 / weight;
    const x = Math.log(Math.max(inflight, 1)) - meanX;
    const y = Math.log(Math.max(perSecond, perSecondMin)) - meanY;
    meanX += share * x;
    meanY += share * y;
    varianceX = (1 - share) * (varianceX + share * x * x);
    covariance = (1 - share) * (covariance + share * x * y);
    if (windows < warmupWindows || Math.sqrt(varianceX) < spreadMin) return undefined;
    return covariance / varianceX;
  };
}
