import { LRUCache } from 'lru-cache';
import type { FileStorage } from '../../platform/files/storage.ts';
import { createWorkGate } from '../../platform/resilience/work-gate.ts';
import { serviceUnavailable } from '../../platform/errors.ts';
import { pictureBytesMax } from '../limits.ts';
import { type PictureFile, pictureKey } from './sizes.ts';

const keptBytesMax = 8 * 1024 * 1024;
/**
 * Concurrent reads of the storage, and reads that wait. Addresses are public: anybody may ask for pictures that do not
 * exist.
 */
const readsMax = 8;
const waitingMax = 64;
const waitMs = 5000;
const retryAfterSeconds = 5;

export type Pictures = {
  /**
   * The bytes of a file; undefined if there is none.
   * @throws DomainError service.busy, service.unavailable if the storage does not answer
   */
  read(id: string, file: PictureFile): Promise<Buffer | undefined>;
};

/** Reads pictures and keeps the latest in memory. A file never changes, because its id is the hash of its content. */
export function createPictures({ fileStorage }: { readonly fileStorage: FileStorage }): Pictures {
  const gate = createWorkGate({ work: 'picture_read', atOnceMax: readsMax, waitingMax, waitMs, retryAfterSeconds });
  const read = async (key: string): Promise<Buffer | undefined> => {
    const leave = await gate.enter();
    try {
      const file = await fileStorage.open(key);
      if (file === undefined) return undefined;
      if (file.bytes > pictureBytesMax) throw new Error(`the picture ${key} is larger than any that was made`);
      return Buffer.from(await new Response(file.pieces).arrayBuffer());
    } catch (error) {
      throw serviceUnavailable(error);
    } finally {
      leave();
    }
  };
  const kept = new LRUCache<string, Buffer>({
    maxSize: keptBytesMax,
    sizeCalculation: ({ length }) => length,
    fetchMethod: read,
  });
  return { read: (id, file) => kept.fetch(pictureKey(id, file)) };
}
