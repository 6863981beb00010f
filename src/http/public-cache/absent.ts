import { LRUCache } from 'lru-cache';

/** Keys without an answer: the object does not exist, or its answer could not be rendered. Remembered briefly. */
export type AbsentAnswers = {
  reason(key: string, now: number): 'missing' | 'unavailable' | undefined;
  remember(key: string, reason: 'missing' | 'unavailable', tags: readonly string[], now: number): void;
  forget(tags: readonly string[]): void;
};

const rememberedMax = 10_000;
const missingMs = 1500;
/** After a failure without last good bytes, the earliest time of the next try. */
const unavailableMs = 500;

type Absent = { readonly reason: 'missing' | 'unavailable'; readonly tags: readonly string[]; readonly until: number };

export function createAbsentAnswers(): AbsentAnswers {
  const absent = new LRUCache<string, Absent>({ max: rememberedMax });
  return {
    reason: (key, now) => {
      const found = absent.get(key);
      if (found === undefined) return undefined;
      if (found.until > now) return found.reason;
      absent.delete(key);
      return undefined;
    },
    remember: (key, reason, tags, now) => {
      absent.set(key, { reason, tags, until: now + (reason === 'missing' ? missingMs : unavailableMs) });
    },
    forget: (tags) => {
      const matching = [...absent.entries()].filter(([, { tags: own }]) => own.some((tag) => tags.includes(tag)));
      for (const [key] of matching) absent.delete(key);
    },
  };
}
