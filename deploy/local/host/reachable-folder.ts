import { createHash } from 'node:crypto';
import { chmodSync, chownSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LaunchProblem } from '../launch-problem.ts';
import { dataFolder, programFolder } from '../places.ts';
import { type Account, canEnter } from './account.ts';

/**
 * Creates the folder and returns it. If the account cannot reach it (a clone in root's home has a closed folder above it), creates
 * a folder under /var/tmp instead. The answer to a request is the same in every run.
 */
export function reachableFolder(folder: string, account: Account | undefined): string {
  mkdirSync(folder, { recursive: true });
  if (account === undefined) return folder;
  // Under a strict umask the new folders would be closed to others.
  for (const ours of [dataFolder, dirname(programFolder)]) {
    if (folder.startsWith(ours)) for (const own of [ours, folder]) chmodSync(own, 0o711);
  }
  if (canEnter(folder, account)) return folder;
  return standIn(folder, account);
}

/** Makes a folder that belongs to the account alone, mode 0700. */
export function privateFolder(folder: string, account: Account | undefined): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (account) chownSync(folder, account.uid, account.gid);
  chmodSync(folder, 0o700);
  return folder;
}

/** Puts a file into a folder and returns its path. */
export type WriteFile = (name: string, content: string) => string;

/** Writes files that the account alone can read, mode 0600. */
export function privateWriter(folder: string, account: Account | undefined): WriteFile {
  return (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    if (account) chownSync(path, account.uid, account.gid);
    return path;
  };
}

/** Where the stand-in of a folder would be. */
export function standInPath(folder: string): string {
  return join('/var/tmp', `antre-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`);
}

function standIn(folder: string, account: Account): string {
  const place = standInPath(folder);
  try {
    mkdirSync(place, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    // /var/tmp is open to all: do not trust a folder that another user made there.
    const found = lstatSync(place);
    if (!found.isDirectory() || (found.uid !== account.uid && found.uid !== 0)) {
      throw new LaunchProblem(
        `${place} belongs to someone else. Remove it, or clone to a folder that everyone may enter.`,
      );
    }
  }
  return privateFolder(place, account);
}
