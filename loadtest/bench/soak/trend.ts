/** Samples of one resource at equal distances, in order. */
export type Trend = {
  /** Change over the whole series, as a share of its median, by the median of all pairwise slopes (Sen, 1968). */
  readonly change: number;
  /** Whether the order of the values is unlikely without a rising trend (Mann, 1945; Kendall, 1975). */
  readonly isRising: boolean;
};

/** One-sided, at 1 %. */
const zCritical = 2.326;

/** The Mann-Kendall test and the Theil-Sen slope: neither assumes a distribution, and single outliers do not decide. */
export function trendOf(values: readonly number[]): Trend {
  const slopes: number[] = [];
  let score = 0;
  for (const [later, value] of values.entries()) {
    for (let earlier = 0; earlier < later; earlier += 1) {
      const difference = value - (values[earlier] ?? 0);
      score += Math.sign(difference);
      slopes.push(difference / (later - earlier));
    }
  }
  const count = values.length;
  const variance = (count * (count - 1) * (2 * count + 5) - tiesOf(values)) / 18;
  const z = variance <= 0 ? 0 : (score - Math.sign(score)) / Math.sqrt(variance);
  const level = middle(values);
  const change = level === 0 ? 0 : (middle(slopes) * (count - 1)) / level;
  return { change, isRising: z > zCritical };
}

function tiesOf(values: readonly number[]): number {
  const times = new Map<number, number>();
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1);
  return [...times.values()].reduce((sum, tied) => sum + tied * (tied - 1) * (2 * tied + 5), 0);
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
