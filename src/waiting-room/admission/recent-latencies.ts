/**
 * Latencies of the last few seconds: counts in buckets that are 9 % wide, in one slot per second of the window.
 * Recording a latency costs one logarithm and no memory.
 */
export type RecentLatencies = {
  add(milliseconds: number): void;
  /** Begins the next second; the oldest second is forgotten. */
  nextSecond(): void;
  count(): number;
  /**
   * The upper end of the bucket that holds this share of the window.
   * @param share 0.95 for the 95th percentile
   * @returns undefined if the window is empty
   */
  percentile(share: number): number | undefined;
};

const bucketsPerDoubling = 8;
/** From an eighth of a millisecond to some nine minutes. */
const bucketCount = 180;
const firstBucketMs = 0.125;

export function createRecentLatencies(seconds: number): RecentLatencies {
  const slots = Array.from({ length: seconds }, () => new Uint32Array(bucketCount));
  let at = 0;
  const total = (bucket: number) => slots.reduce((sum, slot) => sum + (slot[bucket] ?? 0), 0);
  const count = () => slots.reduce((sum, slot) => sum + slot.reduce((inSlot, value) => inSlot + value, 0), 0);
  return {
    add: (milliseconds) => {
      const slot = slots[at];
      const bucket = bucketOf(milliseconds);
      if (slot !== undefined) slot[bucket] = (slot[bucket] ?? 0) + 1;
    },
    nextSecond: () => {
      at = (at + 1) % slots.length;
      slots[at]?.fill(0);
    },
    count,
    percentile: (share) => {
      const wanted = Math.ceil(count() * share);
      if (wanted === 0) return undefined;
      let seen = 0;
      for (let bucket = 0; bucket < bucketCount; bucket += 1) {
        seen += total(bucket);
        if (seen >= wanted) return firstBucketMs * 2 ** ((bucket + 1) / bucketsPerDoubling);
      }
      return undefined;
    },
  };
}

function bucketOf(milliseconds: number): number {
  if (milliseconds <= firstBucketMs) return 0;
  return Math.min(Math.floor(Math.log2(milliseconds / firstBucketMs) * bucketsPerDoubling), bucketCount - 1);
}
