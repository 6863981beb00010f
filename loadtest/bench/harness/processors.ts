import { readFileSync } from 'node:fs';
import { familiesOf } from './pinning.ts';

/** The parts outside the product. */
export const notOurs = new Set(['outside', 'load generator']);

/** Processes with their descendants, by part of the system. */
export type Parts = Readonly<Record<string, readonly number[]>>;

/** Processor time by part: seconds, or cores in use. */
export type ByPart = Readonly<Record<string, number>>;

/** Fields of /proc/<pid>/stat, counted from the one after the name. */
const userTime = 11;
const childrensSystemTime = 14;
/** Linux's unit of this time, the same on every machine that Node runs on. */
const ticksPerSecond = 100;
const generatorPart = 'load generator';

/**
 * Seconds of processor time that each part has used so far, with its ended processes and the operating system's work for
 * them, and of this process, which generates the load. 0 without /proc.
 */
export function processorSeconds(parts: Parts): ByPart {
  const families = familiesOf(Object.values(parts).flat());
  const seconds = Object.entries(parts).map(([part, pids]): [string, number] => {
    const members = pids.flatMap((pid) => families.get(pid) ?? []);
    return [part, members.reduce((sum, pid) => sum + ticksOf(pid), 0) / ticksPerSecond];
  });
  const { user, system } = process.cpuUsage();
  return { ...Object.fromEntries(seconds), [generatorPart]: (user + system) / 1e6 };
}

/** Cores that each part keeps busy, from now until the returned function is called. */
export function watchProcessors(parts: Parts): () => ByPart {
  const before = processorSeconds(parts);
  const started = performance.now();
  return () => {
    const elapsedSeconds = (performance.now() - started) / 1000;
    const cores = Object.entries(processorSeconds(parts)).map(([part, seconds]): [string, number] => [
      part,
      (seconds - (before[part] ?? 0)) / elapsedSeconds,
    ]);
    return Object.fromEntries(cores);
  };
}

function ticksOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // User and system time of the process and of its children that were waited for.
    return fields.slice(userTime, childrensSystemTime + 1).reduce((sum, field) => sum + Number(field), 0);
  } catch {
    return 0;
  }
}

/** The memory of each part in MiB; pages that several processes share count once (Pss). 0 without /proc. */
export function memoryMiB(parts: Parts): ByPart {
  const families = familiesOf(Object.values(parts).flat());
  const entries = Object.entries(parts).map(([part, pids]): [string, number] => {
    const members = pids.flatMap((pid) => families.get(pid) ?? []);
    return [part, Math.round(members.reduce((sum, pid) => sum + kibibytesOf(pid, 'smaps_rollup', 'Pss'), 0) / 1024)];
  });
  return Object.fromEntries(entries);
}

/** The resident memory of a process in MiB. 0 without /proc. */
export function residentMiB(pid: number): number {
  return kibibytesOf(pid, 'status', 'VmRSS') / 1024;
}

/** Its highest so far, in whole MiB. */
export function peakMemoryMiB(pid: number): number {
  return Math.round(kibibytesOf(pid, 'status', 'VmHWM') / 1024);
}

function kibibytesOf(pid: number, file: 'status' | 'smaps_rollup', field: string): number {
  try {
    const text = readFileSync(`/proc/${pid}/${file}`, 'utf8');
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
