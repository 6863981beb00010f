import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { standInPath } from '../host/reachable-folder.ts';
import type { Say } from '../progress.ts';
import { discardData } from './discard-data.ts';

/**
 * After the data folder was deleted, server data may still be in its replacement under /var/tmp. The passwords were in the
 * deleted folder, so nothing can open that data any more. It is deleted, too.
 */
export async function discardLockedData(dataFolder: string, say: Say): Promise<void> {
  const standIn = standInPath(dataFolder);
  if (existsSync(join(dataFolder, 'secrets.json')) || !existsSync(join(standIn, 'postgres'))) return;
  await discardData(dataFolder);
  say(`          the local data in ${standIn} are thrown away: their passwords were removed with ${dataFolder}`);
}
