import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { FileStorage } from './storage.ts';

const unfinished = (path: string): string => `${path}.part`;

/** Files in a folder that API and workers share. A file gets its name when it is complete and on the disk. */
export function createDiskStorage(folder: string): FileStorage {
  const pathOf = (key: string) => join(folder, key);
  return {
    write: async (key, pieces, signal) => {
      const path = pathOf(key);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const file = await open(unfinished(path), 'w', 0o600);
      try {
        let bytes = 0;
        for await (const piece of pieces) {
          signal.throwIfAborted();
          await file.appendFile(piece);
          bytes += piece.length;
        }
        signal.throwIfAborted();
        await file.datasync();
        await file.close();
        await rename(unfinished(path), path);
        return bytes;
      } catch (error) {
        await file.close().catch(() => {});
        await rm(unfinished(path), { force: true });
        throw error;
      }
    },
    open: async (key) => {
      const path = pathOf(key);
      const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (found === undefined) return undefined;
      return { bytes: found.size, pieces: Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array> };
    },
    remove: async (key) => {
      await rm(pathOf(key), { force: true });
      await rm(unfinished(pathOf(key)), { force: true });
    },
  };
}
