/** An item and the caller that waits for it. */
export type Waiting<Item, Result> = {
  readonly item: Item;
  readonly since: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

export type Flush<Item, Result> = { waiting: readonly Waiting<Item, Result>[]; readonly since: number };

/** Writes that belong together: waiting items, and flushes in flight. */
export type Lane<Item, Result> = {
  readonly name: string;
  queue: Waiting<Item, Result>[];
  readonly flushes: Set<Flush<Item, Result>>;
  ready: boolean;
};

/** Whether the lane may have its next flush: none is in flight, or one is and enough items wait to be sent ahead. */
export function mayFlush<Item, Result>(
  lane: Lane<Item, Result>,
  { ahead }: { readonly ahead?: { readonly itemsMin: number } },
): boolean {
  if (lane.queue.length === 0) return false;
  if (lane.flushes.size === 0) return true;
  return ahead !== undefined && lane.flushes.size === 1 && lane.queue.length >= ahead.itemsMin;
}

/** Takes items from the front. Items that share a key with a taken item stay, in order. */
export function takeBatch<Item, Result>(
  lane: Lane<Item, Result>,
  { batchMax, keysOf }: { readonly batchMax: number; readonly keysOf?: (item: Item) => readonly string[] },
): Waiting<Item, Result>[] {
  const items: Waiting<Item, Result>[] = [];
  const kept: Waiting<Item, Result>[] = [];
  const keys = new Set<string>();
  let index = 0;
  for (; index < lane.queue.length && items.length < batchMax; index += 1) {
    const waiting = lane.queue[index] as Waiting<Item, Result>;
    const own = keysOf?.(waiting.item) ?? [];
    if (own.some((key) => keys.has(key))) kept.push(waiting);
    else items.push(waiting);
    // The keys of a kept item count too: a later item with one of them must not overtake it.
    for (const key of own) keys.add(key);
  }
  lane.queue = kept.length === 0 ? lane.queue.slice(index) : kept.concat(lane.queue.slice(index));
  return items;
}
