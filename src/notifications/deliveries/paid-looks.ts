/** Times of payment, as seconds ago. */
export type PaidRange = { readonly fromSeconds: number; readonly toSeconds: number };

/**
 * Paid orders are looked at when they have these ages: soon, and once more before they are left to the invariant and to a
 * person. No run of the job in between may be missed, whatever stood still: a look reaches back to the last one of its
 * process, and the first look to a day before.
 */
const agesSeconds = [120, 840] as const;
const [soonSeconds] = agesSeconds;
const firstReachSeconds = 24 * 3600;
/** What one run reads at most at each age, and of what was missed: in a rush a few ten thousand orders. */
const sliceSeconds = 300;
/** A payment is committed some time after the moment that it names. */
const overlapSeconds = 10;

export type PaidLooks = {
  /** @param find looks at orders that were paid in these ranges, and returns whether it has seen them all */
  look(find: (ranges: readonly PaidRange[]) => Promise<boolean>): Promise<void>;
};

/** @param now a clock in milliseconds */
export function createPaidLooks(now: () => number = () => performance.now()): PaidLooks {
  // By the clock, in seconds.
  let seenUntil: number | undefined;
  let missed: { readonly from: number; readonly to: number } | undefined;

  return {
    look: async (find) => {
      const at = now() / 1000;
      const last = seenUntil ?? at - firstReachSeconds;
      const since = Math.max(last, at - sliceSeconds);
      const { from, to } =
        since > last ? { from: missed?.from ?? last, to: since } : (missed ?? { from: since, to: since });
      // Newest first: most of what was missed was missed just now.
      const next = Math.max(from, to - sliceSeconds);
      const ago = (began: number, ended: number, age: number): PaidRange => ({
        fromSeconds: at - began + age + overlapSeconds,
        toSeconds: at - ended + age,
      });
      const ranges = agesSeconds.map((age) => ago(since, at, age));
      if (next < to) ranges.push(ago(next, to, soonSeconds));
      if (!(await find(ranges))) return;
      seenUntil = at;
      missed = next > from ? { from, to: next } : undefined;
    },
  };
}
