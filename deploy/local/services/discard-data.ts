import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endLeftovers } from '../host/ledger.ts';
import { standInPath } from '../host/reachable-folder.ts';

const ownNames = [
  'postgres',
  'postgres.new',
  'postgres.password',
  'socket',
  'pgbouncer',
  'redis-cache',
  'redis-queue',
  'nginx',
  'observe',
];
// The sandbox's journal is about orders that are deleted with the database.
const ownFiles = ['secrets.json', 'stack.json', 'logs', 'sandbox'];

/** Deletes what `startServices` made in this folder, and ends processes that still run on it. The services must not be in use. */
export async function discardData(dataFolder: string): Promise<void> {
  await endLeftovers(join(dataFolder, 'stack.json'));
  for (const place of [dataFolder, standInPath(dataFolder)]) {
    for (const name of [...ownNames, ...ownFiles]) rmSync(join(place, name), { recursive: true, force: true });
    if (existsSync(place) && readdirSync(place).length === 0) rmdirSync(place);
  }
}
