/** Latencies of a run, in buckets of a tenth of a millisecond up to a minute. Longer ones count as a minute. */
export type Latencies = {
  add(milliseconds: number): void;
  /** The upper edge of the bucket at this share of all latencies; 0 without any. */
  percentile(share: number): number;
  readonly count: number;
  /** The exact longest latency, not its bucket. */
  readonly max: number;
};

const bucketsPerMs = 10;
const bucketCount = 600_000;

export function createLatencies(): Latencies {
  const buckets = new Uint32Array(bucketCount);
  let count = 0;
  let max = 0;
  return {
    get count() {
      return count;
    },
    get max() {
      return max;
    },
    add: (milliseconds) => {
      const index = Math.min(Math.floor(milliseconds * bucketsPerMs), bucketCount - 1);
      buckets[index] = (buckets[index] ?? 0) + 1;
      count += 1;
      if (milliseconds > max) max = milliseconds;
    },
    percentile: (share) => {
      if (count === 0) return 0;
      let seen = 0;
      for (let index = 0; index < bucketCount; index += 1) {
        seen += buckets[index] ?? 0;
        if (seen >= count * share) return (index + 1) / bucketsPerMs;
      }
      return bucketCount / bucketsPerMs;
    },
  };
}
