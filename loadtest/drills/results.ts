import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { repositoryFolder } from '../../deploy/local/places.ts';
import { type Drill, type DrillRun, type VerdictRow, failureOf } from './drill.ts';

const folder = join(repositoryFolder, 'loadtest/results/drills');

/**
 * The stored results of a drill, with the description at that time, so that the document can be made from them alone.
 */
export type DrillResult = Omit<Drill, 'run' | 'mutant'> & {
  readonly name: string;
  readonly isLarge: boolean;
  readonly at: string;
  readonly machine: string;
  readonly runs: readonly DrillRun[];
};

/** Of the large set, or as the drill runs otherwise. */
export type Size = Pick<DrillResult, 'isLarge'>;

const fileOf = (name: string, { isLarge }: Size) => `${name}${isLarge ? '-large' : ''}.json`;

/** Replaces the drill's own earlier result of this size. */
export function keepResult(
  name: string,
  { run: _run, mutant: _mutant, ...described }: Drill,
  { isLarge }: Size,
  runs: readonly DrillRun[],
): void {
  const all = cpus();
  const machine = `${all.length} cores of ${all[0]?.model ?? 'an unknown kind'}, Node ${process.version}`;
  const result: DrillResult = { name, isLarge, ...described, at: new Date().toISOString(), machine, runs };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, fileOf(name, { isLarge })), `${JSON.stringify(result, null, 2)}\n`);
}

/** The newest result of a drill, if it was stored after a moment. */
export function resultSince(name: string, sinceMs: number): DrillResult | undefined {
  return readResults().find((result) => result.name === name && Date.parse(result.at) >= sinceMs);
}

/** Adds to the drill's stored result that it was stopped. */
export function keepStopped(name: string, drill: Drill, size: Size, since: { ms: number; minutes: number }): void {
  const { minutes } = since;
  const kept = resultSince(name, since.ms);
  const faults = [`not done within ${minutes} min`];
  const stopped = {
    variant: 'fault',
    seed: 0,
    seconds: minutes * 60,
    proofs: [],
    rows: [],
    faults,
    facts: {},
  } as const;
  keepResult(name, drill, size, [...(kept?.runs ?? []), stopped]);
}

/** The newest result of each drill and size. */
export function readResults(): readonly DrillResult[] {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as DrillResult);
}

export function printResult(name: string, size: Size, runs: readonly DrillRun[]): void {
  const lines = ['', name];
  for (const run of runs) {
    const failure = failureOf(run);
    const noticed = run.variant === 'mutant' && failure === undefined ? `noticed: ${run.faults[0]}` : 'holds';
    lines.push(`  ${run.variant}, seed ${run.seed}, ${run.seconds} s: ${failure === undefined ? noticed : 'FAILED'}`);
    if (failure !== undefined) lines.push(...run.faults.map((fault) => `    FAULT ${fault}`), `    ${failure}`);
    lines.push(...run.proofs.map(({ what, times }) => `    proof: ${what}, ${times} times`));
    if (run.rows.length > 0) lines.push(...tableOf(run.rows).map((line) => `    ${line}`));
    lines.push(...Object.entries(run.facts).map(([what, value]) => `    ${what}: ${value}`));
  }
  process.stdout.write(`${lines.join('\n')}\n  written to loadtest/results/drills/${fileOf(name, size)}\n`);
}

/**
 * One line for each run of these drills since a moment.
 * @param skipped why a drill could not run on this machine, by its name
 */
export function printTable(names: readonly string[], sinceMs: number, skipped: ReadonlyMap<string, string>): void {
  const line = (...[name = '', run = '', seconds = '', missing = '', twice = '', outcome = '']: readonly string[]) =>
    `${name.padEnd(22)}${run.padEnd(10)}${seconds.padStart(8)}${missing.padStart(9)}${twice.padStart(7)}  ${outcome}`;
  const sum = (run: DrillRun, count: (row: VerdictRow) => number) =>
    String(run.rows.reduce((total, row) => total + count(row), 0));
  const lines = names
    .map((name) => resultSince(name, sinceMs) ?? { name, runs: [] })
    .flatMap(({ name, runs }) => {
      const reason = skipped.get(name);
      if (reason !== undefined) return [line(name, '', '', '', '', `SKIPPED: ${reason}`)];
      if (runs.length === 0) return [line(name, '', '', '', '', 'FAILED: it ended without a result')];
      return runs.map((run) => {
        const failure = failureOf(run);
        const outcome = failure === undefined ? (run.variant === 'mutant' ? 'noticed' : 'holds') : `FAILED: ${failure}`;
        const twice = sum(run, (row) => row.twice - row.allowed);
        return line(
          name,
          run.variant,
          `${run.seconds} s`,
          sum(run, (row) => row.missing),
          twice,
          outcome,
        );
      });
    });
  process.stdout.write(`\n${[line('drill', 'run', 'time', 'missing', 'twice', 'outcome'), ...lines].join('\n')}\n`);
  if (skipped.size > 0) process.stdout.write(`${skipped.size} of ${names.length} drills skipped\n`);
}

function tableOf(rows: readonly VerdictRow[]): string[] {
  const line = (...[what, ...counts]: readonly string[]) =>
    `${(what ?? '').padEnd(36)}${counts.map((count) => count.padStart(10)).join('')}`;
  return [
    line('', 'expected', 'found', 'missing', 'twice', 'allowed'),
    ...rows.map(({ what, expected, found, missing, twice, allowed }) =>
      line(what, ...[expected, found, missing, twice, allowed].map(String)),
    ),
  ];
}
