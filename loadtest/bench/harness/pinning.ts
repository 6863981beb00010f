import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';

/**
 * The core of each part, so that the scheduler does not move processes during a run. A single API process gets the first
 * core. The database, its pooler, Redis and the load generator share the others. With two API processes on two cores
 * nothing is pinned.
 */
export type Pinning = {
  /** For the report. */
  readonly said: string;
  pinApi(pid: number, processes: number): void;
  pinRest(pids: readonly number[]): void;
  /** Lets these processes run anywhere until they are pinned again. */
  untie(pids: readonly number[]): void;
  /** Lets this process run anywhere again. */
  release(): void;
};

export function createPinning(wanted: boolean): Pinning {
  const cores = cpus().length;
  const reason = whyNot(wanted, cores);
  if (reason !== undefined)
    return {
      said: `nothing is tied to a core: ${reason}`,
      pinApi: () => {},
      pinRest: () => {},
      untie: () => {},
      release: () => {},
    };
  const all = `0-${cores - 1}`;
  const rest = cores === 2 ? '1' : `1-${cores - 1}`;
  return {
    said: `one API process on core 0; Postgres, PgBouncer, Redis and load generator on ${rest}; where it says so, and with more API processes, nothing is tied`,
    pinApi: (pid, processes) => tie([pid], processes === 1 ? '0' : all),
    pinRest: (pids) => tie(pids, rest),
    untie: (pids) => tie(pids, all),
    release: () => tie([process.pid], all),
  };
}

function whyNot(wanted: boolean, cores: number): string | undefined {
  if (!wanted) return '--no-pin';
  if (cores < 2) return 'there is one core';
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'taskset is not installed';
  }
}

/** All threads of these processes; later threads inherit it. Ended processes are ignored. */
function tie(pids: readonly number[], cores: string): void {
  for (const pid of pids) {
    try {
      execFileSync('taskset', ['--all-tasks', '--pid', '--cpu-list', cores, String(pid)], { stdio: 'ignore' });
    } catch {
      if (isRunning(pid)) throw new Error(`process ${pid} could not be tied to cores ${cores}`);
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Each process with its running descendants. */
export function familiesOf(pids: readonly number[]): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = parentOf(Number(entry));
    if (parent === undefined) continue;
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [Number(entry)]);
    else known.push(Number(entry));
  }
  const familyOf = (pid: number) => {
    const family = [pid];
    for (const member of family) family.push(...(children.get(member) ?? []));
    return family;
  };
  return new Map(pids.map((pid) => [pid, familyOf(pid)]));
}

/** A process and its running descendants. */
export function familyOf(pid: number): readonly number[] {
  return familiesOf([pid]).get(pid) ?? [pid];
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may contain anything. The fields after it do not.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
