import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { orAfter } from '../../../src/platform/resilience/deadline.ts';
import { LaunchProblem } from '../launch-problem.ts';
import type { Account } from './account.ts';
import type { Ledger } from './ledger.ts';
import { identify, signalIfAlive } from './process-identity.ts';

/** One long-running program, as data. */
export interface ChildSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly account?: Account | undefined;
  /** A new network namespace, or that of the process with this number. Linux and root only. */
  readonly network?: 'own' | number | undefined;
  /** Signals to end it with, each with the milliseconds it is given; SIGKILL follows the last. */
  readonly stopSteps: readonly (readonly [NodeJS.Signals, number])[];
  readonly readyDeadlineMs: number;
  /** Called until it returns true. A throw counts as false, except a LaunchProblem. */
  readonly isReady: () => Promise<boolean>;
}

/** A started child. */
export interface Child {
  readonly pid: number;
  /** Resolves with the reason, in words, when it has ended. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

const pollMs = 40;
const shownLogLines = 12;
const killDeadlineMs = 5000;

/** The children that still run, each with the signal that it gets when this process ends. */
const killedOnExit = new Map<number, NodeJS.Signals>();
process.once('exit', () => {
  for (const [pid, name] of killedOnExit) signalIfAlive(pid, name);
});

/** The log file of a child. */
export function logFile(logFolder: string, name: string): string {
  return join(logFolder, `${name}.log`);
}

/**
 * Starts the program in a session of its own, so that a Ctrl-C for the launcher does not reach it. If the launcher
 * exits without stopping it, the exit handler kills it.
 */
export function launchChild(spec: ChildSpec, logFolder: string, ledger: Ledger): Child {
  mkdirSync(logFolder, { recursive: true });
  const log = openSync(logFile(logFolder, spec.name), 'a', 0o600);
  const { command, args, account } = startOf(spec);
  const running = spawn(command, args, {
    cwd: spec.folder,
    env: spec.environment,
    stdio: ['ignore', log, log],
    detached: true,
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  closeSync(log);
  const pid = running.pid ?? 0;
  const identity = identify(pid);
  if (identity)
    ledger.add({
      ...identity,
      name: spec.name,
      command: spec.command,
      stopSignal: spec.stopSteps[0]?.[0] ?? 'SIGTERM',
    });
  killedOnExit.set(pid, spec.stopSteps.at(-1)?.[0] === 'SIGQUIT' ? 'SIGQUIT' : 'SIGKILL');
  const ended = whenEnded(running).then((reason) => {
    killedOnExit.delete(pid);
    ledger.remove(pid);
    return reason;
  });
  return { pid, ended, stop: () => stop(spec, pid, ended), signal: (name) => signalIfAlive(pid, name) };
}

/** `nsenter` enters as root and then takes the account. It and `unshare` become the program: the process keeps its number. */
function startOf({ command, args, account, network }: ChildSpec): Pick<ChildSpec, 'command' | 'args' | 'account'> {
  if (network === undefined) return { command, args, account };
  const as = account === undefined ? [] : [`--setuid=${account.uid}`, `--setgid=${account.gid}`];
  return network === 'own'
    ? { command: 'unshare', args: ['--net', ...as, '--', command, ...args] }
    : { command: 'nsenter', args: [`--target=${network}`, '--net', ...as, '--', command, ...args] };
}

/**
 * Waits until the child reports that it is ready.
 * @throws LaunchProblem with the last lines of its log if it ends first or its deadline passes (it is stopped then)
 */
export async function waitUntilReady(child: Child, spec: ChildSpec, logFolder: string): Promise<void> {
  const giveUpAt = performance.now() + spec.readyDeadlineMs;
  let end: string | undefined;
  void child.ended.then((reason) => (end = reason));
  while (!(await spec.isReady().catch(notYet))) {
    if (end !== undefined) throw notStarted(spec, logFolder, `it ended: ${end}`);
    if (performance.now() > giveUpAt) {
      await child.stop();
      throw notStarted(spec, logFolder, `it was not ready after ${Math.round(spec.readyDeadlineMs / 1000)} s`);
    }
    await pause(pollMs);
  }
}

/** Any failure means "not yet", except one that the user must fix. */
function notYet(error: unknown): boolean {
  if (error instanceof LaunchProblem) throw error;
  return false;
}

function whenEnded(running: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    running.once('error', (error) => resolve(error.message));
    running.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit ${code}`));
  });
}

async function stop(spec: ChildSpec, pid: number, ended: Promise<string>): Promise<void> {
  for (const [name, ms] of [...spec.stopSteps, ['SIGKILL', killDeadlineMs] as const]) {
    signalIfAlive(pid, name);
    if ((await orAfter(ms, ended, () => undefined)) !== undefined) return;
  }
}

function notStarted(spec: ChildSpec, logFolder: string, reason: string): LaunchProblem {
  const file = logFile(logFolder, spec.name);
  return new LaunchProblem(`${spec.name} did not start: ${reason}.\nThe end of ${file}:\n${lastLines(file)}`);
}

function lastLines(file: string): string {
  try {
    return readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(-shownLogLines)
      .map((line) => `  ${line.slice(0, 400)}`)
      .join('\n');
  } catch {
    return '  (empty)';
  }
}
