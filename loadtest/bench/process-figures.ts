import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { familyOf } from './pinning.ts';

/** Fields of /proc/<pid>/stat, counted from the one after the name. */
const userTime = 11;
const childrensSystemTime = 14;

/**
 * Seconds of processor time that a process, those it has started, and those of them that have ended have used. 0 where
 * there is no /proc.
 */
export function processorSeconds(pid: number): number {
  return familyOf(pid).reduce((sum, member) => sum + ticksOf(member), 0) / ticksPerSecond();
}

function ticksOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Its own user and system time, and those of its children that were waited for.
    return fields.slice(userTime, childrensSystemTime + 1).reduce((sum, field) => sum + Number(field), 0);
  } catch {
    return 0;
  }
}

/** The most memory that a process has had in use, in MiB (resident). 0 where there is no /proc. */
export function peakMemoryMiB(pid: number): number {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kibibytes ?? 0) / 1024);
  } catch {
    return 0;
  }
}

let known: number | undefined;

function ticksPerSecond(): number {
  known ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return known;
}
