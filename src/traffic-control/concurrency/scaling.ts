/**
 * How throughput scales with calls in flight: the slope between their logarithms, by weighted least squares over the last
 * windows. 1: one per cent more in flight brings one per cent more answers. 0: more calls only wait. Undefined while too
 * little is known, or while the number in flight hardly varied.
 */
export type Scaling = (inflight: number, perSecond: number) => number | undefined;

/** The weight of a window, relative to the next one. */
const keep = 0.8;
const warmupWindows = 5;
/** The least standard deviation of the logarithm of calls in flight for which a slope is computed: about 2 %. */
const spreadMin = 0.02;
/** A deviation of about half that no number in flight explains means that the dependency itself has changed. */
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
    // A dependency that became faster or slower still scales as before, so known points are moved to its new speed.
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

/** How far answers are outside the range of slopes between 0 and 1, if far; else 0. */
function jumpOf(x: number, y: number): number {
  const below = y - Math.min(0, x);
  const above = y - Math.max(0, x);
  if (below < -jumpMin) return below;
  return above > jumpMin ? above : 0;
}
