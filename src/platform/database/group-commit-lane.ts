export type GroupCommitOptions<Item, Result> = {
  readonly name: string;
  /** Writes all items in one call; returns results in their order. */
  readonly flush: (lane: string, items: readonly Item[]) => Promise<readonly Result[]>;
  readonly batchMax: number;
  readonly queueMax: number;
  readonly deadlineMs: number;
  /** From arrival to an answer if the flush hangs. Without it, callers wait for the end of the flush. */
  readonly answerMs?: number;
  /** Flushes of different lanes in flight at once; at most the connections of the pool that `flush` uses. */
  readonly flushesMax: number;
  readonly keysOf?: (item: Item) => readonly string[];
  /** Sends a second flush of a lane when this many items wait. */
  readonly ahead?: { readonly itemsMin: number };
  /** The shortest time between the starts of two flushes of a lane, unless `enough` items wait. Default: 0. */
  readonly everyMs?: number;
  /** This many waiting items end a pause. Default: a full batch. */
  readonly enough?: number;
};

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
  /** With `everyMs`: when the next flush may begin, by `performance.now()`, and the timer until then. */
  notBefore: number;
  pause: NodeJS.Timeout | undefined;
};

export function openLane<Item, Result>(name: string): Lane<Item, Result> {
  return { name, queue: [], flushes: new Set(), ready: false, notBefore: 0, pause: undefined };
}

/** Whether the lane may flush now: no flush is in flight, or one is and enough items wait to be sent ahead. */
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

/** The pauses of lanes between flushes, if `everyMs` is given. */
export type Pauses<Item, Result> = {
  /** A flush of the lane begins. */
  begin(lane: Lane<Item, Result>): void;
  /** Whether the lane waits for the end of its pause, which is then reported. */
  holds(lane: Lane<Item, Result>): boolean;
  /** Runs `start` at once, or if `everyMs` is given, once at the end of this turn of the event loop. */
  inThisTurn(start: () => void): void;
};

/** @param ended called at the end of a pause that held a lane */
export function createPauses<Item, Result>(
  { everyMs, batchMax, enough = batchMax }: Pick<GroupCommitOptions<Item, Result>, 'everyMs' | 'batchMax' | 'enough'>,
  ended: (lane: Lane<Item, Result>) => void,
): Pauses<Item, Result> {
  let isStarting = false;
  return {
    begin: (lane) => {
      if (everyMs !== undefined) lane.notBefore = performance.now() + everyMs;
    },
    holds: (lane) => {
      if (everyMs === undefined || lane.queue.length >= enough) return false;
      const leftMs = lane.notBefore - performance.now();
      if (leftMs <= 0) return false;
      lane.pause ??= setTimeout(() => {
        lane.pause = undefined;
        ended(lane);
      }, leftMs);
      return true;
    },
    inThisTurn: (start) => {
      if (everyMs === undefined) return start();
      if (isStarting) return;
      isStarting = true;
      setImmediate(() => {
        isStarting = false;
        start();
      });
    },
  };
}
