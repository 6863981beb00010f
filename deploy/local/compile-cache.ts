import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from './places.ts';

/** What Node compiled of our sources and their packages, in a folder for each version of Node. `source-imports.mjs` fills it, too. */
export const compileCacheFolder = join(dataFolder, 'compile-cache');

/** Node keeps an entry of every file that it ever compiled. One that is deleted and still needed is made again. */
const entryMsMax = 7 * 24 * 3_600_000;

/** Deletes old entries: those of files and of versions of Node that are gone. */
export function pruneCompileCache(folder: string, now = Date.now()): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder, { encoding: 'utf8', recursive: true })) {
    const path = join(folder, name);
    // Another run may have deleted it meanwhile.
    const entry = statSync(path, { throwIfNoEntry: false });
    if (entry?.isFile() === true && now - entry.mtimeMs > entryMsMax) rmSync(path, { force: true });
  }
}
