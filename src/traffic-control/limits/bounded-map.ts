/**
 * A map that holds at most `max` entries: one more pushes out the oldest, in constant time, however full it is. (Asking a
 * Map for its first key is not: it walks over everything deleted since the last rehash.)
 */
export type BoundedMap<Value> = {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  readonly size: number;
};

type Entry<Value> = { value: Value; readonly slot: number };

export function createBoundedMap<Value>(max: number): BoundedMap<Value> {
  const entries = new Map<string, Entry<Value>>();
  /** Keys in the order of their arrival; the next one goes where the oldest was. */
  const ring: (string | undefined)[] = [];
  let next = 0;

  const add = (key: string, value: Value): void => {
    const oldest = ring[next];
    if (oldest !== undefined && entries.get(oldest)?.slot === next) entries.delete(oldest);
    ring[next] = key;
    entries.set(key, { value, slot: next });
    next = (next + 1) % max;
  };

  return {
    get: (key) => entries.get(key)?.value,
    set: (key, value) => {
      const known = entries.get(key);
      if (known === undefined) add(key, value);
      else known.value = value;
    },
    delete: (key) => void entries.delete(key),
    get size() {
      return entries.size;
    },
  };
}
