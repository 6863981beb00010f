/**
 * Latencies of one window, as counts in buckets that grow by 2 % each: a sample costs one increment and no memory, and
 * a percentile is exact to 2 %.
 */
export type LatencyWindow = {
  add(milliseconds: number): void;
  /** @param share 0.9 for the 90th percentile; 0 when nothing was added */
  percentile(share: number): number;
  readonly count: number;
  readonly minMs: number;
  clear(): void;
};

const bucketsPerDoubling = 32;
/** Microseconds up to 2^26, about a minute; longer times count as this. */
const doublings = 26;
const bucketCount = bucketsPerDoubling * doublings;
const microsecondsPerMs = 1000;

export function createLatencyWindow(): LatencyWindow {
  const counts = new Uint32Array(bucketCount);
  let count = 0;
  let minMs = Number.POSITIVE_INFINITY;
  return {
    add: (milliseconds) => {
      const bucket = Math.floor(Math.log2(milliseconds * microsecondsPerMs + 1) * bucketsPerDoubling);
      const index = Math.min(Math.max(bucket, 0), bucketCount - 1);
      counts[index] = (counts[index] ?? 0) + 1;
      count += 1;
      if (milliseconds < minMs) minMs = milliseconds;
    },
    percentile: (share) => {
      if (count === 0) return 0;
      let left = Math.ceil(count * share);
      for (let index = 0; index < bucketCount; index += 1) {
        left -= counts[index] ?? 0;
        if (left <= 0) return (2 ** ((index + 0.5) / bucketsPerDoubling) - 1) / microsecondsPerMs;
      }
      return 0;
    },
    get count() {
      return count;
    },
    get minMs() {
      return count === 0 ? 0 : minMs;
    },
    clear: () => {
      counts.fill(0);
      count = 0;
      minMs = Number.POSITIVE_INFINITY;
    },
  };
}
