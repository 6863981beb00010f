import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync, statfsSync } from 'node:fs';
import { freemem, userInfo } from 'node:os';
import { join } from 'node:path';
import { readLedger } from '../host/ledger.ts';
import { identify, isAlive } from '../host/process-identity.ts';
import { dataFolder } from '../places.ts';
import { discardData } from './discard-data.ts';

/**
 * Where the servers of a test run keep their data. A test database has a thousand small files: copying it takes 15 times as
 * long on a disk as in memory.
 */

const shared = '/dev/shm';
const inMemory = join(shared, `antre-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 12)}`);
/** A run uses about a quarter of this. */
const roomBytes = 2 * 1024 ** 3;

/** The folder of one run: in memory if there is room, else in the data folder. */
export function makeTestFolder(pid: number): string {
  const folder = join(hasRoom() && isOurs() ? inMemory : dataFolder, nameOf(pid));
  mkdirSync(folder, { recursive: true });
  // Postgres may run under another account, which needs to pass through the folder. A strict umask would close it.
  chmodSync(folder, 0o711);
  return folder;
}

/** The folder of a run for the bundled programs that its tests start. */
export const testProgramsFolder = (pid: number): string => join(programsFolder, nameOf(pid));

const programsFolder = join(dataFolder, 'build');

/** Where a run notes the codes and headers of answers that its tests have seen. */
export const answersFileIn = (folder: string): string => join(folder, 'answers.log');

/** Ends what is left of the run with this process id, and deletes its data. */
export async function discardTestData(pid: number): Promise<void> {
  for (const parent of parents()) await discard(join(parent, nameOf(pid)));
  rmSync(testProgramsFolder(pid), { recursive: true, force: true });
  removeIfEmpty();
}

/** Ends what is left of all runs that were killed, and deletes their data. */
export async function discardKilledRuns(): Promise<void> {
  for (const parent of parents()) {
    for (const name of namesIn(parent).filter((entry) => /^test-\d+$/.test(entry))) {
      const folder = join(parent, name);
      const ledger = readLedger(join(folder, 'stack.json'));
      if (ledger === undefined || !isAlive(ledger.launcher)) await discard(folder);
    }
  }
  for (const name of namesIn(programsFolder)) {
    const pid = Number(/^test-(\d+)$/.exec(name)?.[1]);
    if (pid > 0 && identify(pid) === undefined) rmSync(testProgramsFolder(pid), { recursive: true, force: true });
  }
}

async function discard(folder: string): Promise<void> {
  rmSync(answersFileIn(folder), { force: true });
  await discardData(folder);
}

const nameOf = (pid: number) => `test-${pid}`;

/** Whether memory that processes share is large enough for a test run. In a container it may be 64 MB. */
export function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(shared);
    return bavail * bsize >= roomBytes && freemem() >= roomBytes;
  } catch {
    return false;
  }
}

/** Everyone may make folders in `/dev/shm`. A folder that another user made is not used. */
function isOurs(): boolean {
  try {
    mkdirSync(inMemory, { recursive: true });
    const found = lstatSync(inMemory);
    if (!found.isDirectory() || found.uid !== userInfo().uid) return false;
    chmodSync(inMemory, 0o711);
    return true;
  } catch {
    return false;
  }
}

const parents = () => (namesIn(inMemory).length > 0 && isOurs() ? [dataFolder, inMemory] : [dataFolder]);

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function removeIfEmpty(): void {
  try {
    rmdirSync(inMemory);
  } catch {
    // Another run of this clone has its data there, or there is no such folder.
  }
}
