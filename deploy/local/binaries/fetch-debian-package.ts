import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { takeLock } from '../host/lock.ts';
import { programFolder } from '../places.ts';

const run = promisify(execFile);
const stepDeadlineMs = 120_000;
const lookAgainMs = 200;
const patience = ['-o', 'Acquire::http::Timeout=20', '-o', 'Acquire::Retries=2'];

/**
 * Downloads a package, and its dependencies that this system lacks, and unpacks them below `place`. Nothing is installed, and
 * no privilege is needed. The folder appears complete or not at all.
 * @param standalone leaves the dependencies out
 * @returns undefined, or in a few words why it failed
 */
export async function fetchDebianPackage(name: string, place: string, standalone = false): Promise<string | undefined> {
  return intoPlace(place, async (partial, { archives, lists }) => {
    // First with the system's package lists. If they are missing or too old, with fresh lists of our own.
    await download(name, archives, [], standalone).catch(async () =>
      download(name, archives, await ownLists(lists), standalone),
    );
    await unpack(archives, partial);
  });
}

/**
 * Fills a folder that appears complete or not at all. Of several processes that want it at once, one fills it, and the others wait.
 * @param fill gets the folder in the making, and folders in it for archives and package lists, which are deleted afterwards
 * @returns undefined, or in a few words why it failed
 */
export async function intoPlace(
  place: string,
  fill: (partial: string, own: { readonly archives: string; readonly lists: string }) => Promise<void>,
): Promise<string | undefined> {
  const partial = `${place}.${process.pid}`;
  const own = { archives: join(partial, '.archives'), lists: join(partial, '.apt') };
  let release = () => {};
  try {
    mkdirSync(dirname(place), { recursive: true, mode: 0o755 });
    release = await lockOf(place);
    if (existsSync(place)) return undefined;
    rmSync(partial, { recursive: true, force: true });
    for (const folder of [own.archives, own.lists]) mkdirSync(folder, { recursive: true, mode: 0o755 });
    await fill(partial, own);
    for (const done of [own.archives, own.lists]) rmSync(done, { recursive: true, force: true });
    renameSync(partial, place);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  } finally {
    rmSync(partial, { recursive: true, force: true });
    release();
  }
}

async function lockOf(place: string): Promise<() => void> {
  for (;;) {
    const lock = takeLock(`${place}.lock`);
    if ('release' in lock) return lock.release;
    await pause(lookAgainMs);
  }
}

async function download(name: string, folder: string, options: readonly string[], standalone: boolean): Promise<void> {
  const missing = standalone ? [] : await missingDependencies(name, options);
  const wanted = [...new Set([name, ...missing])];
  await apt([...options, 'download', ...wanted], folder);
}

async function missingDependencies(name: string, options: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await apt([...options, '-s', '--no-install-recommends', 'install', name]);
  // "Inst libx (1.0 Debian)" is new here. "Inst libx [0.9] (1.0 Debian)" would update a package that works already.
  return [...stdout.matchAll(/^Inst (\S+) \(/gm)].map((match) => match[1] ?? '');
}

/**
 * Runs apt-get, which installs nothing here. What it reads of the package lists is kept for the next call: images of containers are set up to
 * keep none, and reading them takes most of its time.
 */
export function apt(words: readonly string[], cwd?: string): Promise<{ stdout: string }> {
  const kept = join(programFolder, 'apt');
  mkdirSync(kept, { recursive: true, mode: 0o755 });
  const options = [...patience, ...cacheIn(kept), ...words];
  return run('apt-get', options, { cwd, timeout: stepDeadlineMs });
}

const cacheIn = (folder: string) => ['-o', `Dir::Cache::pkgcache=${join(folder, 'pkgcache.bin')}`];

/** Unpacks the archives of one folder into another. */
export async function unpack(archives: string, folder: string): Promise<void> {
  for (const archive of readdirSync(archives).filter((file) => file.endsWith('.deb'))) {
    await run('dpkg-deb', ['-x', join(archives, archive), folder], { timeout: stepDeadlineMs });
  }
}

/** Fetches package lists into a folder of our own. @returns the options by which apt reads them */
export async function ownLists(
  folder: string,
  status = '/var/lib/dpkg/status',
  more: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  for (const part of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(folder, part), { recursive: true, mode: 0o755 });
  const places = {
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': status,
    'Dir::Cache': join(folder, 'cache'),
    ...more,
  };
  const options = [
    ...Object.entries(places).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
    ...cacheIn(join(folder, 'cache')),
  ];
  await apt([...options, 'update']);
  return options;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT' && 'path' in error) return `there is no ${String(error.path)} here`;
  const lines = ('stderr' in error && typeof error.stderr === 'string' ? error.stderr : error.message)
    .trim()
    .split('\n');
  return lines.find((line) => line.startsWith('E:')) ?? lines[0] ?? error.name;
}
