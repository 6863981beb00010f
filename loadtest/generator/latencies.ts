/** Latencies of a run, in buckets of a tenth of a millisecond up to ten seconds; what is beyond counts as ten. */
export type Latencies = {
  add(milliseconds: number): void;
  merge(other: readonly number[]): void;
  percentile(share: number): number;
  readonly buckets: readonly number[];
};

const bucketsPerMs = 10;
const bucketCount = 100_000;

export function createLatencies(): Latencies {
  const buckets = Array.from({ length: bucketCount }, () => 0);
  return {
    buckets,
    add: (milliseconds) => {
      const index = Math.min(Math.floor(milliseconds * bucketsPerMs), bucketCount - 1);
      buckets[index] = (buckets[index] ?? 0) + 1;
    },
    merge: (other) => {
      for (const [index, count] of other.entries()) if (count > 0) buckets[index] = (buckets[index] ?? 0) + count;
    },
    percentile: (share) => {
      const total = buckets.reduce((sum, count) => sum + count, 0);
      let seen = 0;
      for (const [index, count] of buckets.entries()) {
        seen += count;
        if (total > 0 && seen >= total * share) return (index + 1) / bucketsPerMs;
      }
      return 0;
    },
  };
}
