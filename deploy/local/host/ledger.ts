import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { commandLine, identify, isAlive, type ProcessIdentity, signalIfAlive } from './process-identity.ts';

/** A child process as the ledger remembers it. */
export interface LedgerEntry extends ProcessIdentity {
  readonly name: string;
  /** The program's path. A process is killed only if its command line contains it. */
  readonly command: string;
  readonly stopSignal: NodeJS.Signals;
}

interface LedgerContent {
  readonly launcher: ProcessIdentity;
  readonly children: readonly LedgerEntry[];
}

/** The list of running processes, on disk, so that a later run can clean up after a killed one. */
export interface Ledger {
  add(entry: LedgerEntry): void;
  remove(pid: number): void;
  /** Deletes the file: everything was stopped. */
  close(): void;
}

const endDeadlineMs = 5000;

/** Begins a new ledger in `file`, with this process as the launcher. */
export function openLedger(file: string): Ledger {
  const launcher = identify(process.pid) ?? { pid: process.pid, startedAt: '' };
  let children: readonly LedgerEntry[] = [];
  let closed = false;
  const write = () => {
    if (closed) return;
    // If the data folder was deleted under a running stack, the stack must still stop in order.
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify({ launcher, children } satisfies LedgerContent, null, 2), {
      mode: 0o600,
    });
    renameSync(`${file}.new`, file);
  };
  write();
  return {
    add(entry) {
      children = [...children, entry];
      write();
    },
    remove(pid) {
      children = children.filter((child) => child.pid !== pid);
      write();
    },
    close() {
      closed = true;
      rmSync(file, { force: true });
    },
  };
}

/** The ledger of another run; undefined if there is none, or if it cannot be read. */
export function readLedger(file: string): LedgerContent | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LedgerContent;
  } catch {
    return undefined;
  }
}

/**
 * Ends the children that a killed run left behind, newest first, and returns their names. A process is ours only if its
 * start time and command line are the recorded ones, because the system reuses process numbers.
 */
export async function endLeftovers(file: string): Promise<readonly string[]> {
  const left = (readLedger(file)?.children ?? []).filter(
    (child) => isAlive(child) && commandLine(child.pid).includes(child.command),
  );
  for (const child of left.toReversed()) await end(child);
  rmSync(file, { force: true });
  return left.map((child) => child.name);
}

async function end(child: LedgerEntry): Promise<void> {
  signalIfAlive(child.pid, child.stopSignal);
  const giveUpAt = performance.now() + endDeadlineMs;
  while (isAlive(child) && performance.now() < giveUpAt) await pause(25);
  if (isAlive(child)) signalIfAlive(child.pid, 'SIGKILL');
}
