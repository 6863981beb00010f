import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { standInPath } from '../host/reachable-folder.ts';
import type { Say } from '../progress.ts';
import { discardData } from './discard-data.ts';

/**
 * Who removes the data folder wants to begin again. Where its servers keep their data in a stand-in elsewhere, those are
 * still there, and their passwords went with the folder: nothing can open them any more, so they go too.
 */
export async function discardLockedData(dataFolder: string, say: Say): Promise<void> {
  const standIn = standInPath(dataFolder);
  if (existsSync(join(dataFolder, 'secrets.json')) || !existsSync(join(standIn, 'postgres'))) return;
  await discardData(dataFolder);
  say(`          the local data in ${standIn} are thrown away: their passwords were removed with ${dataFolder}`);
}
