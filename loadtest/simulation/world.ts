import { seededRandom } from '../../sandbox/random.ts';

/** Virtual time: a discrete-event simulation. Nothing waits; the clock jumps from event to event. Milliseconds. */
export type World = {
  readonly now: number;
  /** Seeded, uniform in [0, 1). */
  random(): number;
  at(time: number, act: () => void): void;
  after(milliseconds: number, act: () => void): void;
  /** Repeats until it is stopped. */
  every(milliseconds: number, act: () => void): () => void;
  /** Runs all events up to this time. */
  runUntil(time: number): void;
};

type Happening = { readonly time: number; readonly order: number; readonly act: () => void };

export function createWorld(seed: number): World {
  const random = seededRandom(seed);
  const heap: Happening[] = [];
  let now = 0;
  let made = 0;

  const isBefore = (one: Happening, other: Happening): boolean =>
    one.time < other.time || (one.time === other.time && one.order < other.order);

  const push = (happening: Happening): void => {
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(happening, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = happening;
  };

  const pop = (): Happening | undefined => {
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let least = heap[child];
      if (least === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, least)) {
        child += 1;
        least = right;
      }
      if (!isBefore(least, last)) break;
      heap[index] = least;
      index = child;
    }
    heap[index] = last;
    return top;
  };

  const at = (time: number, act: () => void): void => push({ time, order: made++, act });

  return {
    get now() {
      return now;
    },
    random,
    at,
    after: (milliseconds, act) => at(now + milliseconds, act),
    every: (milliseconds, act) => {
      let stopped = false;
      const again = (): void => {
        if (stopped) return;
        act();
        at(now + milliseconds, again);
      };
      at(now + milliseconds, again);
      return () => {
        stopped = true;
      };
    },
    runUntil: (time) => {
      for (let next = heap[0]; next !== undefined && next.time <= time; next = heap[0]) {
        pop();
        now = next.time;
        next.act();
      }
      now = time;
    },
  };
}
