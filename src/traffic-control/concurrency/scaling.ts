/**
 * How throughput scales with calls in flight: the slope of one over the other on logarithmic scales, by least squares
 * over the last windows; older ones weigh less. 1: one per cent more in flight brings one per cent more answers. 0:
 * more in flight only waits. Undefined while too little is known, or while the number in flight hardly moved.
 */
export type Scaling = (inflight: number, perSecond: number) => number | undefined;

/** The weight of a window, relative to the next one. */
const keep = 0.8;
const warmupWindows = 5;
/** The least standard deviation of the logarithm of calls in flight that gives a slope: about 2 %. */
const spreadMin = 0.02;
/** About half more or fewer answers than any number in flight explains: the dependency itself has changed. */
const jumpMin = 0.4;
const perSecondMin = 1e-3;

export function createScaling(): Scaling {
  let windows = 0;
  let weight = 0;
  let meanX = 0;
  let meanY = 0;
  let varianceX = 0;
  let covariance = 0;
  return (inflight, perSecond) => {
    const logX = Math.log(Math.max(inflight, 1));
    const logY = Math.log(Math.max(perSecond, perSecondMin));
    // A dependency that became faster or slower still scales as before: known points move to its new speed.
    if (windows > 0) meanY += jumpOf(logX - meanX, logY - meanY);
    windows += 1;
    weight = weight * keep + 1;
    const share = 1 / weight;
    const x = logX - meanX;
    const y = logY - meanY;
    meanX += share * x;
    meanY += share * y;
    varianceX = (1 - share) * (varianceX + share * x * x);
    covariance = (1 - share) * (covariance + share * x * y);
    if (windows < warmupWindows || Math.sqrt(varianceX) < spreadMin) return undefined;
    return covariance / varianceX;
  };
}

/** How far answers lie outside of what a slope between 0 and 1 gives, when that is far; else 0. */
function jumpOf(x: number, y: number): number {
  const below = y - Math.min(0, x);
  const above = y - Math.max(0, x);
  if (below < -jumpMin) return below;
  return above > jumpMin ? above : 0;
}
