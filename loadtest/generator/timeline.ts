/** A rate and latencies for each slot of time since the timeline began. */
export type Timeline = {
  /** Records something that ended now, with its duration. */
  add(milliseconds: number): void;
  /** Points at the middle of each finished slot, in seconds. A slot without entries has a rate of 0 and no latency. */
  perSecond(): readonly Point[];
  percentile(share: number): readonly Point[];
};

export type Point = readonly [seconds: number, value: number];

/** @param now milliseconds of a monotonic clock */
export function createTimeline(slotSeconds: number, now: () => number = () => performance.now()): Timeline {
  const slots: number[][] = [];
  const started = now();
  const secondsNow = () => (now() - started) / 1000;
  const points = (valueOf: (latencies: readonly number[]) => number): Point[] => {
    const whole = Math.floor(secondsNow() / slotSeconds);
    return Array.from({ length: whole }, (_, place) => [(place + 0.5) * slotSeconds, valueOf(slots[place] ?? [])]);
  };
  return {
    add: (milliseconds) => {
      const slot = Math.floor(secondsNow() / slotSeconds);
      (slots[slot] ??= []).push(milliseconds);
    },
    perSecond: () => points((latencies) => latencies.length / slotSeconds),
    percentile: (share) =>
      points((latencies) => {
        const sorted = [...latencies].sort((one, other) => one - other);
        return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
      }),
  };
}
