import { LRUCache } from 'lru-cache';
import { type Entry, textBytesMax } from './entry.ts';
import { memoryAnswers, memoryBytes } from './metrics.ts';

/** The size of an entry without its bodies: objects, headers, keys. */
const entryOverheadBytes = 2048;

/** Answers in this process, bounded by bytes. */
export type ReadMemory = {
  get(key: string): Entry | undefined;
  set(entry: Entry): void;
  delete(key: string): void;
  entries(): Iterable<Entry>;
};

export function createReadMemory(bytesMax: number): ReadMemory {
  const entries = new LRUCache<string, Entry>({
    maxSize: bytesMax,
    // Small bodies are also kept as texts, once in each encoding that is asked for.
    sizeCalculation: ({ answer }) => answer.bytes + Math.min(answer.bytes, 3 * textBytesMax) + entryOverheadBytes,
  });
  const report = (): void => {
    memoryBytes.set(entries.calculatedSize);
    memoryAnswers.set(entries.size);
  };
  return {
    get: (key) => entries.get(key),
    set: (entry) => {
      entries.set(entry.read.key, entry);
      report();
    },
    delete: (key) => {
      entries.delete(key);
      report();
    },
    entries: () => entries.values(),
  };
}
