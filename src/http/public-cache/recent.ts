/** Which tags changed lately. Rebuilds use it if a change overtook them, and reads avoid a replica that may lag behind. */
export type RecentChanges = {
  /** Grows with each change. */
  readonly sequence: number;
  note(tags: readonly string[], now: number): void;
  changedSince(tags: readonly string[], sequence: number): boolean;
  /** True while a replica may still lag behind a change of this tag. */
  isRecent(tag: string, now: number): boolean;
};

/**
 * Not an LRU: an evicted tag would count as unchanged. All tags are dropped together, and `forgotten` says until when.
 */
const rememberedMax = 10_000;

/** @param replicaLagMaxMs the largest lag of a replica that is still read */
export function createRecentChanges(replicaLagMaxMs: number): RecentChanges {
  const changes = new Map<string, { sequence: number; at: number }>();
  let sequence = 0;
  /** Changes up to this one may have been dropped, so every tag counts as changed until then. */
  let forgotten = 0;
  return {
    get sequence() {
      return sequence;
    },
    note: (tags, now) => {
      sequence += 1;
      if (changes.size >= rememberedMax) {
        changes.clear();
        forgotten = sequence;
      }
      for (const tag of tags) changes.set(tag, { sequence, at: now });
    },
    changedSince: (tags, since) => tags.some((tag) => (changes.get(tag)?.sequence ?? forgotten) > since),
    isRecent: (tag, now) => {
      const change = changes.get(tag);
      return change !== undefined && now - change.at < replicaLagMaxMs;
    },
  };
}
