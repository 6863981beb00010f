import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { basename, isAbsolute } from 'node:path';
import { LaunchProblem } from '../launch-problem.ts';
import { commandLine } from './process-identity.ts';

/** A port that must be free, and the variable that changes it. */
export interface WantedPort {
  readonly port: number;
  readonly variable: string;
  readonly use: string;
}

// Below the system's range for outgoing connections, so that no connection can take one meanwhile.
const freeRange = [20_000, 30_000] as const;
const attempts = 200;
/** Given out by this process, whose servers may not listen yet. */
const given = new Set<number>();

/**
 * A port on 127.0.0.1 that is free at this moment, and another one at each call. Drawn at random, so that processes at the same time
 * rarely draw the same one.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = randomInt(...freeRange);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new LaunchProblem(`No free port was found between ${freeRange[0]} and ${freeRange[1]}.`);
}

/** Checks all wanted ports and names every taken one together. */
export async function requireFreePorts(wanted: readonly WantedPort[]): Promise<void> {
  const clashes = [...Map.groupBy(wanted, ({ port }) => port)].filter(([, parts]) => parts.length > 1);
  if (clashes.length > 0) {
    const lines = clashes.map(
      ([port, parts]) => `  ${port}: ${parts.map(({ use, variable }) => `${use} (${variable})`).join(' and ')}`,
    );
    throw new LaunchProblem(`Two parts were given the same port:\n${lines.join('\n')}`);
  }
  const taken: WantedPort[] = [];
  for (const one of wanted) if (!(await isFree(one.port))) taken.push(one);
  if (taken.length === 0) return;
  const lines = taken.map(
    (one) =>
      `  ${one.port}, wanted for ${one.use}${holder(one.port)}: end that, or choose another with ${one.variable}=...`,
  );
  throw new LaunchProblem(`${taken.length === 1 ? 'A port is' : 'Some ports are'} taken:\n${lines.join('\n')}`);
}

/** True when a listener could be opened on 127.0.0.1. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

function holder(port: number): string {
  const found = spawnSync('ss', ['-Hltnp', `sport = :${port}`], { encoding: 'utf8', timeout: 2000 }).stdout ?? '';
  const [, name, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(found) ?? [];
  if (pid === undefined) return '';
  // `ss` shows Node as MainThread. The script that it runs says more.
  const [program = '', ...words] = commandLine(Number(pid)).split(' ');
  const script = words.find((word) => !word.startsWith('-')) ?? '';
  const known = isAbsolute(script) ? `${basename(program)} ${script}` : basename(program);
  return `, held by ${known || name} (process ${pid})`;
}
