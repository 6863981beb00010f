import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signalIfAlive } from '../../deploy/local/host/process-identity.ts';
import { findSystemProgram } from '../../deploy/local/binaries/find-system-program.ts';
import { until } from '../../testkit/until.ts';
import { familyOf } from '../bench/harness/pinning.ts';
import { say } from '../bench/harness/stack.ts';
import type { Image } from './build-image.ts';

export type Environment = Readonly<Record<string, string>>;

/** Runs programs of an image as `deploy/compose.yaml` does: its user, a read-only disk, no capabilities, this machine's network. */
export type ImageRunner = {
  /**
   * Runs a program to its end.
   * @returns its standard output
   * @throws Error with its output, unless it ends with 0
   */
  run(command: readonly string[], environment: Environment): Promise<string>;
  /** Starts a program that serves. */
  start(command: readonly string[], environment: Environment): Promise<RunningProgram>;
  /** Kills running processes. */
  close(): Promise<void>;
};

export type RunningProgram = {
  /** The lines of `/proc/<process>/status`, by their names. */
  readonly status: Readonly<Record<string, string>>;
  /** Its output so far. */
  said(): string;
  /** Sends SIGTERM. @returns its exit code */
  stop(): Promise<number | null>;
};

const userId = 1000;
const appearsWithinMs = 20_000;
/** `stop_grace_period` of `deploy/compose.yaml`. */
const stopsWithinMs = 15_000;

/** @param files a folder that it makes, for the volume at /files */
export async function openImageRunner(image: Image, files: string): Promise<ImageRunner> {
  const container = await findSystemProgram(
    { name: 'systemd-nspawn', debianPackage: 'systemd-container', otherwise: 'run the image with Docker' },
    undefined,
    say,
  );
  mkdirSync(files, { recursive: true, mode: 0o700 });
  chownSync(files, userId, userId);
  let count = 0;
  const running = new Set<ChildProcess>();
  const open = (
    command: readonly string[],
    environment: Environment,
  ): { child: ChildProcess; told(): string; said(): string } => {
    count += 1;
    const name = `antre-image-${process.pid}-${count}`;
    const closed = ['--read-only', '--drop-capability=all', '--no-new-privileges=yes', `--user=${image.user}`];
    const disk = [`--directory=${image.root}`, '--tmpfs=/tmp:mode=1777', `--bind=${files}:/files`, '--chdir=/app'];
    const quiet = [`--machine=${name}`, '--register=no', '--keep-unit', '--console=pipe', '--quiet', '--as-pid2'];
    const own = ['--resolv-conf=off', '--timezone=off'];
    const variables = [...image.environment, ...Object.entries(environment).map(([key, value]) => `${key}=${value}`)];
    const all = [...disk, ...closed, ...quiet, ...own, ...variables.map((one) => `--setenv=${one}`)];
    const child = spawn(container.command, [...all, '--', ...command], {
      env: { ...container.environment, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    let [told, text] = ['', ''];
    child.stdout?.on('data', (bytes) => (told += String(bytes)));
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => (text += String(bytes)));
    return { child, told: () => told, said: () => text };
  };
  return {
    close: async () => {
      const ended = [...running].map((child) => once(child, 'exit'));
      for (const { pid = 0 } of running) for (const one of familyOf(pid)) signalIfAlive(one, 'SIGKILL');
      await Promise.all(ended);
    },
    run: async (command, environment) => {
      const { child, told, said } = open(command, environment);
      const [code] = (await once(child, 'close')) as [number | null];
      if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${said()}`);
      return told();
    },
    start: async (command, environment) => {
      const { child, said } = open(command, environment);
      const ended = once(child, 'close') as Promise<[number | null]>;
      let pid = 0;
      await until(() => {
        if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended with ${child.exitCode}:\n${said()}`);
        pid = familyOf(child.pid ?? 0).find((one) => isProgram(one, command)) ?? 0;
        return pid !== 0;
      }, appearsWithinMs);
      return {
        status: statusOf(pid),
        said,
        stop: async () => {
          process.kill(pid, 'SIGTERM');
          const hard = setTimeout(() => child.kill('SIGKILL'), stopsWithinMs);
          const [code] = await ended;
          clearTimeout(hard);
          return code;
        },
      };
    },
  };
}

/** systemd-nspawn becomes the program only after some steps. */
function isProgram(pid: number, command: readonly string[]): boolean {
  try {
    return readFileSync(join('/proc', String(pid), 'cmdline'), 'utf8') === `${command.join('\0')}\0`;
  } catch {
    return false;
  }
}

function statusOf(pid: number): Readonly<Record<string, string>> {
  const lines = readFileSync(join('/proc', String(pid), 'status'), 'utf8')
    .trim()
    .split('\n');
  return Object.fromEntries(lines.map((line) => line.split(':\t').map((part) => part.trim()) as [string, string]));
}
