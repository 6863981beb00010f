import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { signalIfAlive } from '../../deploy/local/host/process-identity.ts';
import { type FoundProgram, findSystemProgram } from '../../deploy/local/binaries/find-system-program.ts';
import { LaunchProblem } from '../../deploy/local/launch-problem.ts';
import { dataFolder, repositoryFolder } from '../../deploy/local/places.ts';
import { until } from '../../testkit/until.ts';
import { familyOf } from '../bench/harness/pinning.ts';
import { say } from '../bench/harness/stack.ts';

/** A Debian 13 with systemd, in namespaces of its own: its disk is a folder, and its network has nothing but loopback. */
export type Machine = {
  /** The folder that is its disk. */
  readonly root: string;
  /** Fills its disk with a bare Debian. */
  make(): Promise<void>;
  /** Installs packages with this machine's network, before the machine starts: afterwards it has none. */
  installPackages(command: readonly string[]): Promise<void>;
  start(): Promise<void>;
  /**
   * Runs a command on it as root.
   * @returns its output
   * @throws Error with the end of its output, if it fails
   */
  run(...command: readonly string[]): Promise<string>;
  /** Starts a Node script of the repository on its loopback. */
  startBeside(script: string, environment: Readonly<Record<string, string>>): ChildProcess;
  /** Stops it and deletes its disk. */
  close(): Promise<void>;
};

const suite = 'trixie';
const firstPackages = 'systemd,systemd-sysv,dbus,ca-certificates';
const commandDeadlineMs = 600_000;
const bootWithinMs = 60_000;
const stopWithinMs = 20_000;
const outputMax = 16 * 1024 ** 2;

/** @param releases the folder of releases, readable on the machine as /releases */
export async function openMachine(releases: string): Promise<Machine> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new LaunchProblem('A machine in namespaces needs root on Linux. Run the command as root.');
  const [bootstrap, container] = await Promise.all(
    (['mmdebstrap', 'systemd-nspawn'] as const).map((name) =>
      findSystemProgram(
        {
          name,
          debianPackage: name === 'systemd-nspawn' ? 'systemd-container' : name,
          otherwise: 'install on a real machine',
        },
        undefined,
        say,
      ),
    ),
  );
  if (bootstrap === undefined || container === undefined) throw new Error('programs are missing');
  const name = `antre-try-${process.pid}`;
  const root = join(dataFolder, name);
  mkdirSync(dataFolder, { recursive: true });
  const basics = ['--directory', root, '--machine', name, '--register=no', '--keep-unit', '--console=pipe', '--quiet'];
  const folders = [`--bind-ro=${join(repositoryFolder, 'deploy')}:/deploy`, `--bind-ro=${releases}:/releases`];
  let bootstrapping: ChildProcess | undefined;
  let child: ChildProcess | undefined;
  let init = 0;
  const boot = async () => {
    const log = createWriteStream(`${root}.log`);
    child = spawn(
      container.command,
      [...basics, ...folders, '--boot', `--network-namespace-path=/run/netns/${name}`],
      // Debian 13 only has control groups of version 2, whatever this machine mounts.
      { env: { ...container.environment, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [child.stdout, child.stderr]) stream?.pipe(log, { end: false });
    const { pid = 0 } = child;
    await until(async () => {
      init = childOf(pid);
      if (init === 0) return false;
      // Its exit code tells a degraded system from a running one, which does not matter here.
      const asked = inside(init, ['sh', '-c', 'systemctl is-system-running || true']);
      return /^(running|degraded)$/.test((await asked.catch(() => '')).trim());
    }, bootWithinMs);
  };
  const stop = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const hard = setTimeout(() => child?.kill('SIGKILL'), stopWithinMs);
    await ended;
    clearTimeout(hard);
  };
  return {
    root,
    make: async () => {
      await act(bootstrap, ['--variant=minbase', `--include=${firstPackages}`, suite, root], (made) => {
        bootstrapping = made;
      });
      bootstrapping = undefined;
      await act('ip', ['netns', 'add', name]);
      await act('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
    },
    installPackages: (command) =>
      act(container, [...basics, ...folders, '--resolv-conf=replace-host', '--as-pid2', '--', ...command]).then(
        () => {},
      ),
    start: boot,
    run: (...command) => inside(init, command),
    startBeside: (script, environment) =>
      spawn('ip', ['netns', 'exec', name, process.execPath, ...process.execArgv, join(repositoryFolder, script)], {
        env: { ...process.env, ...environment },
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    close: async () => {
      if (bootstrapping?.exitCode === null) {
        // It would wait for the packages. Its mounts are in a namespace of its own, which ends with it.
        const ended = once(bootstrapping, 'exit');
        for (const pid of familyOf(bootstrapping.pid ?? 0)) signalIfAlive(pid, 'SIGKILL');
        await ended;
      }
      await stop();
      await act('ip', ['netns', 'delete', name]).catch(() => {});
      for (const left of [root, `${root}.log`]) rmSync(left, { recursive: true, force: true });
    },
  };
}

/** The first process of the container; while it is being made, a process that soon ends. */
function childOf(pid: number): number {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? Number(readFileSync(file, 'utf8').trim().split(' ')[0] ?? 0) : 0;
}

async function inside(init: number, command: readonly string[]): Promise<string> {
  const clean = ['env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LANG=C.UTF-8'];
  return act('nsenter', ['-t', String(init), '-m', '-u', '-i', '-n', '-p', '-C', '--', ...clean, ...command]);
}

async function act(
  program: FoundProgram | string,
  parameters: readonly string[],
  onStart?: (child: ChildProcess) => void,
): Promise<string> {
  const { command, environment } =
    typeof program === 'string' ? { command: program, environment: process.env } : program;
  try {
    const running = promisify(execFile)(command, [...parameters], {
      env: environment,
      timeout: commandDeadlineMs,
      maxBuffer: outputMax,
    });
    onStart?.(running.child);
    const { stdout } = await running;
    return stdout;
  } catch (error) {
    const said =
      error instanceof Error && 'stderr' in error
        ? `${String((error as { stdout?: string }).stdout)}${String(error.stderr)}`
        : String(error);
    throw new Error(`${command} ${parameters.join(' ')} failed:\n${said.trim().split('\n').slice(-25).join('\n')}`, {
      cause: error,
    });
  }
}
