import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { FileStorage } from './storage.ts';

const partEnd = '.part';

/**
 * Files in a folder that API and workers share. A file gets its place when it is complete and on the disk. Until then it is in
 * the folder `unfinished`, which has few files: to delete one, a folder of all pictures would be read for a tenth of a second.
 */
export function createDiskStorage(folder: string): FileStorage {
  const pathOf = (key: string) => join(folder, key);
  const unfinished = (key: string) => join(folder, 'unfinished', key);
  return {
    write: async (key, pieces, signal) => {
      const path = pathOf(key);
      // Each write has a file of its own, because two may write the same key at once.
      const part = `${unfinished(key)}.${randomUUID()}${partEnd}`;
      for (const file of [path, part]) await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const file = await open(part, 'wx', 0o600);
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
        await rename(part, path);
        return bytes;
      } catch (error) {
        await file.close().catch(() => {});
        await rm(part, { force: true });
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
      for (const part of await partsOf(unfinished(key))) await rm(part, { force: true });
    },
  };
}

/** What writes of this file that were cut off have left. */
async function partsOf(path: string): Promise<string[]> {
  const [folder, start] = [dirname(path), `${basename(path)}.`];
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => name.startsWith(start) && name.endsWith(partEnd)).map((name) => join(folder, name));
}
