import { LRUCache } from 'lru-cache';
import type { InvalidationKind, Invalidations } from './invalidations.ts';

type Options<Value> = {
  readonly invalidations: Invalidations;
  readonly kind: InvalidationKind;
  readonly max: number;
  /** How long a value is kept if nobody changes it. */
  readonly keptMs: number;
  /** Which id invalidates a value. Without one, every change of the kind does. */
  idOf(key: string, value: Value): string | undefined;
  readonly now?: () => number;
};

export type RowCache<Value> = {
  /** Callers at the same time share one read. A read that failed is not kept. */
  get(key: string, read: () => Promise<Value>): Promise<Value>;
  drop(id: string | undefined): void;
};

/**
 * Rows that people change, in the memory of this process. A change drops what it concerns in all processes. A read that began before the
 * change is dropped, too: its own callers get it, and nobody after them.
 */
export function createRowCache<Value>(options: Options<Value>): RowCache<Value> {
  const { invalidations, kind, max, keptMs, idOf, now = () => performance.now() } = options;
  type Entry = { readonly value: Promise<Value>; readonly until: number; id: string | undefined };
  const entries = new LRUCache<string, Entry>({ max });
  const drop = (id: string | undefined): void => {
    for (const [key, entry] of entries.entries()) {
      if (id === undefined || entry.id === undefined || entry.id === id) entries.delete(key);
    }
  };
  invalidations.on(kind, drop);
  return {
    get: (key, read) => {
      const known = entries.get(key);
      if (known !== undefined && known.until > now()) return known.value;
      const value = read();
      const entry: Entry = { value, until: now() + invalidations.lifetimeMs(keptMs), id: undefined };
      entries.set(key, entry);
      void value.then(
        (found) => {
          entry.id = idOf(key, found);
        },
        () => {
          if (entries.get(key) === entry) entries.delete(key);
        },
      );
      return value;
    },
    drop,
  };
}
