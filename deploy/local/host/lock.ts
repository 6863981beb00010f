import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

const attempts = 5;

/**
 * Takes the lock file for this process. A lock whose process is gone is taken over.
 * @returns a function that gives it back, or the process that holds it
 */
export function takeLock(file: string): { release: () => void } | { heldBy: ProcessIdentity } {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(identify(process.pid)), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (linked(own, file)) return { release: () => rmSync(file, { force: true }) };
      const holder = read(file);
      if (holder && isAlive(holder)) return { heldBy: holder };
      setAside(file, holder);
    }
  } finally {
    rmSync(own, { force: true });
  }
  throw new Error(`the lock ${file} could not be taken`);
}

/** A link appears together with its content. A file would be created first and written later. */
function linked(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a dead lock away. If another process has taken it over just before, that lock is put back. */
function setAside(file: string, dead: ProcessIdentity | undefined): void {
  const aside = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (JSON.stringify(read(aside)) !== JSON.stringify(dead)) linked(aside, file);
  rmSync(aside, { force: true });
}

function read(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
