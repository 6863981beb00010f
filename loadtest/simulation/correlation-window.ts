/** How two figures have moved together over the last windows. */
export type Correlation = {
  /** Pearson's coefficient, -1 to 1; 0 while little is known or one figure hardly moves. */
  readonly correlation: number;
  /** Standard deviation of the second figure, divided by its mean. */
  readonly variation: number;
};

/** Figures that vary by less than this share of their mean give no correlation. */
const variationMin = 0.01;

/** @param size number of pairs kept; @param warmup pairs before there is a result */
export function createCorrelationWindow(size: number, warmup: number): (x: number, y: number) => Correlation {
  const xs: number[] = [];
  const ys: number[] = [];
  let next = 0;
  return (x, y) => {
    xs[next] = x;
    ys[next] = y;
    next = (next + 1) % size;
    return xs.length < warmup ? { correlation: 0, variation: 0 } : correlate(xs, ys);
  };
}

/** Computed again a few times a second: running sums would lose their precision over days. */
function correlate(xs: readonly number[], ys: readonly number[]): Correlation {
  const meanX = mean(xs);
  const meanY = mean(ys);
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let index = 0; index < xs.length; index += 1) {
    const x = (xs[index] ?? 0) - meanX;
    const y = (ys[index] ?? 0) - meanY;
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  const variationX = meanX === 0 ? 0 : Math.sqrt(xx / xs.length) / meanX;
  const variation = meanY === 0 ? 0 : Math.sqrt(yy / ys.length) / meanY;
  const moves = variationX >= variationMin && variation >= variationMin;
  return { correlation: moves ? xy / Math.sqrt(xx * yy) : 0, variation };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
