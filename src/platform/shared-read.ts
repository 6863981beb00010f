import { LRUCache } from 'lru-cache';

const keysMax = 500;
/** A large result is kept for so many times as long as it took to read. */
const restRatio = 20;

/**
 * A read that is quick for most keys and slow for a few, such as the counts of an event. Those who ask during a read share it, and a large
 * result is kept for a while. However many ask, it uses at most a twentieth of a connection.
 * @param isLarge whether it was one of the slow ones. Its time does not tell: on a busy machine every read is slow
 * @param now a clock in milliseconds
 */
export function createSharedRead<Value>(
  read: (key: string) => Promise<Value>,
  isLarge: (value: Value) => boolean,
  now: () => number = () => performance.now(),
): (key: string) => Promise<Value> {
  const kept = new LRUCache<string, { value: Promise<Value>; until: number }>({ max: keysMax });
  const begin = async (key: string, entry: { until: number }): Promise<Value> => {
    const since = now();
    let restMs = 0;
    try {
      const value = await read(key);
      if (isLarge(value)) restMs = (now() - since) * restRatio;
      return value;
    } finally {
      entry.until = now() + restMs;
    }
  };
  return (key) => {
    const known = kept.get(key);
    if (known !== undefined && now() < known.until) return known.value;
    const entry = { until: Number.POSITIVE_INFINITY };
    const value = begin(key, entry);
    kept.set(key, Object.assign(entry, { value }));
    return value;
  };
}
