/** Answers that are not there: a missing thing, or one that could not be made. Remembered for moments, and not many. */
export type ReadNothing = {
  outcome(key: string, now: number): 'missing' | 'unavailable' | undefined;
  remember(key: string, outcome: 'missing' | 'unavailable', tags: readonly string[], now: number): void;
  forget(tags: readonly string[]): void;
};

const rememberedMax = 10_000;
const missingMs = 1500;
/** After a failure with no last good bytes: the next try is not before. */
const unavailableMs = 500;

export function createReadNothing(): ReadNothing {
  const nothing = new Map<string, { outcome: 'missing' | 'unavailable'; tags: readonly string[]; until: number }>();
  return {
    outcome: (key, now) => {
      const found = nothing.get(key);
      if (found === undefined) return undefined;
      if (found.until > now) return found.outcome;
      nothing.delete(key);
      return undefined;
    },
    remember: (key, outcome, tags, now) => {
      if (nothing.size >= rememberedMax) {
        const oldest = nothing.keys().next().value;
        if (oldest !== undefined) nothing.delete(oldest);
      }
      nothing.set(key, { outcome, tags, until: now + (outcome === 'missing' ? missingMs : unavailableMs) });
    },
    forget: (tags) => {
      for (const [key, { tags: own }] of nothing) if (own.some((tag) => tags.includes(tag))) nothing.delete(key);
    },
  };
}
