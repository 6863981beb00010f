import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Account, canRun } from '../host/account.ts';
import { reachableFolder } from '../host/reachable-folder.ts';
import { LaunchProblem } from '../launch-problem.ts';
import { programFolder } from '../places.ts';
import type { Say } from '../progress.ts';
import { fetchDebianPackage } from './fetch-debian-package.ts';
import { fetchFromRelease } from './fetch-from-release.ts';
import { onPath } from './on-path.ts';

/** A program that npm does not carry. */
export interface SystemProgram {
  readonly name: string;
  /** Its package on Debian and its kin. */
  readonly debianPackage: string;
  /** What a person can do without it, for the message. */
  readonly otherwise: string;
  /** The argument that prints its version, which shows that it runs. Default: `--version`. */
  readonly versionArgument?: string;
  /** True if the program needs nothing of what its package depends on: only the package is fetched then. */
  readonly standalone?: boolean;
  /** An older one is only used if this one cannot be had: at least this version, which this release of Debian has. */
  readonly preferred?: { readonly version: readonly [number, number]; readonly release: string };
}

/** A program that can be run, with the environment that it needs. */
export interface FoundProgram {
  readonly command: string;
  readonly environment: NodeJS.ProcessEnv;
}

// An ordinary user's PATH often lacks the folders where Debian puts servers.
const moreFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'];

/**
 * Finds the program on the PATH, else among earlier downloads. Else it downloads the program's package into the data folder,
 * without installing anything. If it is older than preferred, the newer release's is fetched in the same way.
 * @throws LaunchProblem with one line that says what to install.
 */
export async function findSystemProgram(
  program: SystemProgram,
  account: Account | undefined,
  say: Say,
): Promise<FoundProgram> {
  const { preferred } = program;
  if (preferred === undefined) return findAnyVersion(program, account, say);
  const place = join(reachableFolder(programFolder, account), `${program.debianPackage}-${preferred.release}`);
  const fetchedBefore = inFolder(program, place, account);
  if (fetchedBefore) return fetchedBefore;
  const found = await findAnyVersion(program, account, say);
  if (isAtLeast(found, program, preferred.version)) return found;
  // Asked once: without a network each start would wait for it.
  const refused = `${place}.unavailable`;
  if (existsSync(refused)) return found;
  say(`          this ${program.name} is old; fetching the one of Debian ${preferred.release} into ${place}`);
  const reason = await fetchFromRelease(program.debianPackage, place, preferred.release);
  const newer = inFolder(program, place, account);
  if (newer) return newer;
  say(`          it could not be fetched (${reason ?? 'it does not run here'}); the old one is used from now on`);
  writeFileSync(refused, `${reason ?? ''}\n`);
  return found;
}

/** Whether a program says that it has this version or a later one. */
export function isAtLeast(
  found: FoundProgram,
  program: Pick<SystemProgram, 'versionArgument'>,
  [major, minor]: readonly [number, number],
): boolean {
  const said = spawnSync(found.command, [versionArgumentOf(program)], {
    env: found.environment,
    encoding: 'utf8',
    timeout: versionWithinMs,
  });
  const [, foundMajor, foundMinor] = /(\d+)\.(\d+)/.exec(said.stdout ?? '') ?? [];
  return Number(foundMajor) > major || (Number(foundMajor) === major && Number(foundMinor) >= minor);
}

const versionWithinMs = 5000;

async function findAnyVersion(program: SystemProgram, account: Account | undefined, say: Say): Promise<FoundProgram> {
  const installed = onPath(program.name, moreFolders).find((path) =>
    canRun(path, [versionArgumentOf(program)], account),
  );
  if (installed) return { command: installed, environment: { ...process.env } };
  const place = join(reachableFolder(programFolder, account), program.debianPackage);
  const fetchedBefore = inFolder(program, place, account);
  if (fetchedBefore) return fetchedBefore;
  say(`          ${program.name} is not installed here; fetching it into ${place}`);
  const reason = await fetchDebianPackage(program.debianPackage, place, program.standalone);
  const fetched = inFolder(program, place, account);
  if (fetched) return fetched;
  throw new LaunchProblem(
    `${program.name} was not found, and could not be fetched (${reason ?? 'what was fetched does not run here'}).\n` +
      `Install it (Debian, Ubuntu: apt-get install ${program.debianPackage}; macOS: brew install ${program.name.replace('-server', '')}), or ${program.otherwise}.`,
  );
}

function versionArgumentOf({ versionArgument = '--version' }: Pick<SystemProgram, 'versionArgument'>): string {
  return versionArgument;
}

function inFolder(program: SystemProgram, place: string, account: Account | undefined): FoundProgram | undefined {
  const command = ['usr/bin', 'usr/sbin', 'bin', 'sbin']
    .map((folder) => join(place, folder, program.name))
    .find((path) => existsSync(path));
  if (command === undefined) return undefined;
  const environment = { ...process.env, LD_LIBRARY_PATH: libraryPath(place) };
  return canRun(command, [versionArgumentOf(program)], account, environment) ? { command, environment } : undefined;
}

/** LD_LIBRARY_PATH for programs of packages that were unpacked below `place`. */
export function libraryPath(place: string): string {
  return ['usr/lib', 'lib'].flatMap((folder) => libraryFolders(join(place, folder))).join(delimiter);
}

function libraryFolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const multiarch = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name.includes('-linux-'),
  );
  return [...multiarch.map((entry) => join(folder, entry.name)), folder];
}
