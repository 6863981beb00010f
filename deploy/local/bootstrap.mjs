// The first thing that runs on a fresh clone: plain JavaScript for any Node from 18 on, without a single package.
// It installs the packages of the lockfile if they are missing or have other versions. One of them is the Node that the
// product runs on. Then it runs the given script on that Node. Usage: node deploy/local/bootstrap.mjs <start|test|script> [arguments]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const repository = resolve(here, '../..');
const targets = {
  start: join(here, 'start.ts'),
  test: join(here, 'test.ts'),
  stop: join(here, 'stop.ts'),
  status: join(here, 'status.ts'),
};
/** These need no package, and must not change packages under a running stack. */
const withoutPackages = ['stop', 'status'];
const oldestNode = [22, 18];
const heartbeatMs = 5000;
const parentPollMs = 500;
const shells = ['sh', 'dash', 'bash', 'ash', 'busybox', 'zsh'];

class BootstrapProblem extends Error {}

/** Packages of the lockfile, or of npm's record of its last install. The record is missing after an interrupted install. */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(repository, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  if (!wanted || !installed) return false;
  const missing = Object.entries(wanted).some(([path, { version, optional, devOptional }]) => {
    if (path === '') return false;
    // An optional package may be for another kind of machine.
    const found = installed[path];
    return found ? found.version !== version : !(optional || devOptional);
  });
  return !missing && Object.keys(installed).every((path) => wanted[path]);
}

/** Two commands in one fresh clone (start and test) must not install at the same time. */
async function withInstallLock(act) {
  const lock = join(repository, '.data/install.lock');
  try {
    mkdirSync(dirname(lock), { recursive: true });
  } catch (error) {
    throw new BootstrapProblem(`${repository} cannot be written (${error.code}). Clone it to a folder of your own.`);
  }
  for (let said = false; ; ) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isRunning(readPid(lock))) rmSync(lock, { recursive: true, force: true });
    else if (!said) {
      console.log('another command is installing the packages; waiting for it');
      said = true;
    }
    await new Promise((proceed) => setTimeout(proceed, 500));
  }
  try {
    writeFileSync(join(lock, 'pid'), String(process.pid));
    return await act();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function readPid(lock) {
  try {
    return Number(readFileSync(join(lock, 'pid'), 'utf8'));
  } catch {
    return 0;
  }
}

function isRunning(pid) {
  try {
    process.kill(pid || -1e9, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function install() {
  const began = Date.now();
  const elapsed = () => `${Math.round((Date.now() - began) / 1000)} s`;
  console.log('installing the packages of package-lock.json (once, about half a minute)');
  const heartbeat = setInterval(() => console.log(`  still installing, ${elapsed()}`), heartbeatMs);
  try {
    // `npm ci` begins by deleting all packages, perhaps under a running stack, so it is only for an empty folder. It refuses the
    // lockfile if the registry lacks packages of other platforms. `npm install` then follows the lockfile, and --no-save keeps
    // it from changing it.
    const done =
      (!packagesOf('node_modules/.package-lock.json') && (await npm('ci'))) || (await npm('install', '--no-save'));
    if (!done)
      throw new BootstrapProblem(
        'npm could not install the packages; what it said stands above. Is the registry reachable?',
      );
  } finally {
    clearInterval(heartbeat);
  }
  console.log(`installed in ${elapsed()}`);
}

/** Install scripts stay off. The launcher does the work of the only one that is needed. */
function npm(...command) {
  const args = [
    ...command,
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const [program, ...before] = process.env.npm_execpath?.endsWith('.js')
    ? [process.execPath, process.env.npm_execpath]
    : ['npm'];
  const running = spawn(program, [...before, ...args], { cwd: repository, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolveInstall, reject) => {
    running.once('error', (error) => reject(new BootstrapProblem(`npm could not be started: ${error.message}`)));
    running.once('exit', (code) => resolveInstall(code === 0));
  });
}

/** The Node that came with the packages. If none fits this machine, the present Node if it is new enough. */
function findNode() {
  const packaged = join(repository, 'node_modules/.bin/node');
  // npm puts it first on the PATH, so it mostly runs this file already.
  if (existsSync(packaged) && realpathSync(packaged) === process.execPath) return packaged;
  if (existsSync(packaged) && spawnSync(packaged, ['--version'], { stdio: 'ignore' }).status === 0) return packaged;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return process.execPath;
  throw new BootstrapProblem(
    `This needs Node ${oldestNode.join('.')} or newer; here is ${process.versions.node}, and no packaged Node fits ${process.platform}-${process.arch}.\n` +
      'Install Node 24 (https://nodejs.org) and run the same command again.',
  );
}

function run(node, script, args) {
  const preload = `--import=${pathToFileURL(join(here, 'source-imports.mjs'))}`;
  const running = spawn(node, [preload, script, ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => running.kill(signal));
  if (process.env.npm_lifecycle_event) endWithNpm(running);
  return new Promise((settle) => {
    running.once('exit', (code, signal) => settle(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/** npm forwards SIGINT and SIGTERM, but not SIGHUP, and cannot forward SIGKILL. When npm has gone, everything ends. */
function endWithNpm(running) {
  const before = pathToNpm();
  setInterval(() => pathToNpm() !== before && running.kill('SIGTERM'), parentPollMs).unref();
}

/**
 * npm is the parent, or the parent's parent if npm's shell is between them. The parent of npm is not looked at, so that under
 * nohup the stack outlives the shell that started it.
 */
function pathToNpm() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    const name = stat.slice(stat.indexOf('(') + 1, end);
    return shells.includes(name) ? `${process.ppid} ${stat.slice(end).split(' ')[2]}` : String(process.ppid);
  } catch {
    return String(process.ppid);
  }
}

async function main() {
  let [target, ...args] = process.argv.slice(2);
  if (!target) throw new BootstrapProblem('usage: node deploy/local/bootstrap.mjs <start|test|script> [arguments]');
  if (target === 'start' && withoutPackages.includes(args[0])) [target, ...args] = args;
  if (target === 'start' && args.some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(readFileSync(join(here, 'usage.txt'), 'utf8'));
    return;
  }
  if (withoutPackages.includes(target)) {
    if (!existsSync(join(repository, 'node_modules')))
      return console.log('antre does not run from this folder: nothing is installed');
  } else if (!isInstalled()) await withInstallLock(async () => isInstalled() || install());
  process.exitCode = await run(findNode(), targets[target] ?? resolve(target), args);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof BootstrapProblem ? error.message : `The set-up failed: ${error.message}`);
  process.exitCode = 1;
}
