/**
 * The short line of one partition, by CoDel's rule as Facebook runs it (Maurer, "Fail at Scale", 2015). Usually a call
 * may wait 100 ms. When the line has not been empty for 100 ms, a call may wait only 5 ms and the newest goes first,
 * since the oldest is late anyway. A partition whose guaranteed slot is lent out waits for it until the deadline.
 */
export type WaitLine<Waiter> = {
  push(waiter: Waiter, now: number): void;
  /** The next waiter; undefined when nobody waits. Called only when there is a slot. */
  take(now: number): Waiter | undefined;
  /** Removes the longest waiter, to make room. */
  evict(): Waiter | undefined;
  /** Removes waiters that have waited too long, each with its cause. */
  removeLate(now: number, isReclaiming: boolean): readonly Late<Waiter>[];
  isOverloaded(now: number): boolean;
  /** The line was empty: each call found a slot. */
  sawRoom(now: number): void;
  readonly length: number;
};

type Deadlined = { readonly deadline: number };
type Entry<Waiter> = { readonly waiter: Waiter; readonly since: number };
export type Late<Waiter> = { readonly waiter: Waiter; readonly cause: 'deadline' | 'waited' };

const overloadedAfterMs = 100;
export const waitMsOverloaded = 5;
const compactFrom = 64;

export function createWaitLine<Waiter extends Deadlined>(startedAt: number): WaitLine<Waiter> {
  let line: Entry<Waiter>[] = [];
  /** The index of the oldest waiter; earlier entries are gone. */
  let first = 0;
  let roomAt = startedAt;

  const isOverloaded = (now: number): boolean => now - roomAt > overloadedAfterMs;

  const shift = (): Waiter | undefined => {
    const place = line[first];
    if (place === undefined) return undefined;
    first += 1;
    if (first >= compactFrom && first * 2 >= line.length) {
      line = line.slice(first);
      first = 0;
    }
    return place.waiter;
  };
  const pop = (): Waiter | undefined => (line.length > first ? line.pop()?.waiter : undefined);

  return {
    push: (waiter, now) => void line.push({ waiter, since: now }),
    take: (now) => (isOverloaded(now) ? pop() : shift()),
    evict: shift,
    removeLate: (now, isReclaiming) => {
      if (line.length === first) return [];
      const since = now - (isOverloaded(now) ? waitMsOverloaded : overloadedAfterMs);
      const late: Late<Waiter>[] = [];
      const kept: Entry<Waiter>[] = [];
      for (let index = first; index < line.length; index += 1) {
        const place = line[index];
        if (place === undefined) break;
        if (place.waiter.deadline <= now) late.push({ waiter: place.waiter, cause: 'deadline' });
        else if (!isReclaiming && place.since < since) late.push({ waiter: place.waiter, cause: 'waited' });
        else kept.push(place);
      }
      if (late.length > 0) {
        line = kept;
        first = 0;
      }
      return late;
    },
    isOverloaded,
    sawRoom: (now) => {
      roomAt = now;
    },
    get length() {
      return line.length - first;
    },
  };
}
