/** Which tags changed lately: for rebuilds that a change overtook, and for replicas that do not have it yet. */
export type RecentChanges = {
  /** Grows with each change. */
  readonly sequence: number;
  note(tags: readonly string[], now: number): void;
  changedSince(tags: readonly string[], sequence: number): boolean;
  /** True while a replica may still lag behind a change of this tag. */
  isRecent(tag: string, now: number): boolean;
};

/** No LRU: a tag that was pushed out one by one would pass for unchanged. All go together, and `forgotten` says until when. */
const rememberedMax = 10_000;

/** @param replicaLagMaxMs how far behind a replica may be and still be read */
export function createRecentChanges(replicaLagMaxMs: number): RecentChanges {
  const changes = new Map<string, { sequence: number; at: number }>();
  let sequence = 0;
  /** Changes up to here may have been forgotten: they count as changes of every tag. */
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
