import type { Entry } from './entry.ts';
import { memoryAnswers, memoryBytes } from './metrics.ts';

/** What an entry costs beside its bodies: objects, headers, keys. */
const entryOverheadBytes = 2048;

/**
 * Answers in this process, bounded by bytes. Eviction gives each used entry a second chance, so that a hit only sets a
 * flag instead of moving the entry in a list.
 */
export type ReadMemory = {
  get(key: string): Entry | undefined;
  set(entry: Entry): void;
  delete(key: string): void;
  entries(): Iterable<Entry>;
};

export function createReadMemory(bytesMax: number): ReadMemory {
  const entries = new Map<string, Entry>();
  let bytes = 0;

  const remove = (entry: Entry): void => {
    entries.delete(entry.read.key);
    bytes -= costOf(entry);
  };

  const makeRoom = (): void => {
    for (const entry of entries.values()) {
      if (bytes <= bytesMax) return;
      remove(entry);
      if (!entry.used) continue;
      entry.used = false;
      entries.set(entry.read.key, entry);
      bytes += costOf(entry);
    }
  };

  const report = (): void => {
    memoryBytes.set(bytes);
    memoryAnswers.set(entries.size);
  };

  return {
    get: (key) => entries.get(key),
    set: (entry) => {
      const former = entries.get(entry.read.key);
      if (former !== undefined) remove(former);
      entries.set(entry.read.key, entry);
      bytes += costOf(entry);
      makeRoom();
      report();
    },
    delete: (key) => {
      const entry = entries.get(key);
      if (entry !== undefined) remove(entry);
      report();
    },
    entries: () => entries.values(),
  };
}

function costOf(entry: Entry): number {
  return entry.answer.bytes + entryOverheadBytes;
}
