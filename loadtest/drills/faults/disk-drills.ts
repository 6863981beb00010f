import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Drill } from '../drill.ts';
import { type Scene, saleDrill } from '../sale/sale-drill.ts';
import { processOf } from './processes.ts';
import { selling, shortSale, unknownOutcomeSeconds, withoutLease } from '../sale/selling.ts';

const size = '1g';
const fullForMs = 10_000;
const what = 'the disk had no free block left';

/** A small file system in memory for the servers' data. Mounting it needs root. */
function mountSmallDisk(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=711`, 'drill', folder], { stdio: 'pipe' });
  // A non-empty folder is kept when the servers' data is discarded, because it cannot be removed while it is mounted.
  writeFileSync(join(folder, 'mounted'), '');
  return () => {
    execFileSync('umount', ['--lazy', folder], { stdio: 'pipe' });
    rmSync(folder, { recursive: true, force: true });
  };
}

/** Fills the disk of all servers, empties it again, and restarts ended servers, as an operator would. */
async function fillDisk({ world, strikes, wait, seconds }: Scene): Promise<void> {
  strikes.expect(what);
  await wait((seconds * 1000) / 3);
  const filler = join(world.folder, 'filler');
  const atMs = Date.now();
  // It writes until it fails.
  try {
    execFileSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1M'], { stdio: 'pipe' });
  } catch {
    if (statfsSync(world.folder).bavail === 0) strikes.count(what, 1);
  }
  await wait(fullForMs);
  rmSync(filler);
  await pause(1000);
  for (const part of ['postgres', 'redis-queue', 'redis-cache', 'pgbouncer'] as const) {
    const child = processOf(world, part);
    if (child.pid() === 0) await child.start();
  }
  strikes.note('the disk was full', atMs);
}

export const diskDrills: Readonly<Record<string, Drill>> = {
  'disk-full': saleDrill({
    ...selling,
    ...shortSale,
    fault: `Postgres and Redis: their disk is full for ${fullForMs / 1000} s (a small file system, mounted for the drill)`,
    proof: 'The file system says that no block is free.',
    stallMaxSeconds: unknownOutcomeSeconds,
    world: { prepareFolder: mountSmallDisk },
    strike: fillDisk,
    mutant: withoutLease,
  }),
};
