import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { FileStorage } from './storage.ts';

const unfinished = '.part';

/** Files in a folder that API and workers share. A file gets its name when it is complete and on the disk. */
export function createDiskStorage(folder: string): FileStorage {
  const pathOf = (key: string) => join(folder, key);
  return {
    write: async (key, pieces, signal) => {
      const path = pathOf(key);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      // Each write has a file of its own, because two may write the same key at once.
      const part = `${path}.${randomUUID()}${unfinished}`;
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
      const path = pathOf(key);
      await rm(path, { force: true });
      for (const part of await partsOf(path)) await rm(part, { force: true });
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
  return names.filter((name) => name.startsWith(start) && name.endsWith(unfinished)).map((name) => join(folder, name));
}
