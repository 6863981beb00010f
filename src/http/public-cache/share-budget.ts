/** Decides which answers of one kind this process shares in Redis. */
export type ShareBudget = {
  /** Whether an answer of this name and size may be stored until then; if so, it is counted. Times as of `performance.now()`. */
  take(name: string, bytes: number, until: number, now: number): boolean;
};

/** An answer takes this much in Redis besides its bytes. */
const overheadBytes = 1024;

/**
 * Bounds the bytes of different answers that a process shares at a time. Anyone can invent the address of a listing, and
 * without a bound could fill Redis with answers that nobody else asks for, so that it forgets the counts of limits. The
 * answers that came first keep their place until they expire; others stay in the process alone.
 */
export function createShareBudget(bytesMax: number): ShareBudget {
  const shared = new Map<string, { readonly bytes: number; readonly until: number }>();
  let total = 0;
  const forget = (name: string): void => {
    total -= shared.get(name)?.bytes ?? 0;
    shared.delete(name);
  };
  return {
    take: (name, answerBytes, until, now) => {
      const bytes = answerBytes + overheadBytes;
      forget(name);
      if (total + bytes > bytesMax) {
        for (const [other, { until: end }] of shared) if (end <= now) forget(other);
      }
      if (total + bytes > bytesMax) return false;
      shared.set(name, { bytes, until });
      total += bytes;
      return true;
    },
  };
}
