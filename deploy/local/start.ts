import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { compileCacheFolder, pruneCompileCache } from './compile-cache.ts';
import { endLeftovers } from './host/ledger.ts';
import { takeLock } from './host/lock.ts';
import { requireFreePorts } from './host/ports.ts';
import { LaunchProblem } from './launch-problem.ts';
import { dataFolder, environmentFile } from './places.ts';
import { discardData } from './services/discard-data.ts';
import { bringUp, takeDown } from './stack/bring-up.ts';
import { inBackground, sayReady, sayThere, startInBackground } from './stack/detach.ts';
import { limitLogs } from './stack/limit-logs.ts';
import { type Plan, portsOf, readPlan } from './stack/plan.ts';
import { showTable } from './stack/show-table.ts';

/** `npm start`: the whole product on one machine, in the foreground until Ctrl-C, or in the background until `npm stop`. */

/** One Ctrl-C arrives three times: from the terminal, from npm and from the bootstrap. Within this time they count as one. */
const oneSignalMs = 1000;
const giveUpStartingMs = 15_000;

async function main(): Promise<void> {
  const began = performance.now();
  const given = process.argv.slice(2);
  const plan = readPlan(given, process.env);
  if (plan.detached && !inBackground) {
    process.exitCode = await startInBackground(import.meta.filename, given);
    return;
  }
  const release = prepareDataFolder();
  const stopping = listenForSignals();
  try {
    await clearUp(plan);
    const endLimits = limitLogs(join(dataFolder, 'logs'));
    const starting = bringUp(plan, process.env, sayThere, stopping);
    const running = await orUndefinedAfterStop(starting, stopping);
    if (running === undefined) return;
    const { services } = running;
    sayThere(showTable(plan, running, (performance.now() - began) / 1000));
    sayReady();
    const reason = await Promise.race([services.supervisor.failed, once(stopping)]);
    console.log(reason === undefined ? 'stopping' : `stopping, since ${reason}`);
    endLimits();
    await takeDown(services);
    if (reason !== undefined) process.exitCode = 1;
    else console.log('stopped');
  } finally {
    release();
  }
}

/** Locks the data folder for this run, or throws with the process that holds it. */
function prepareDataFolder(): () => void {
  try {
    mkdirSync(dataFolder, { recursive: true });
    const lock = takeLock(join(dataFolder, 'stack.lock'));
    if ('release' in lock) return lock.release;
    throw new LaunchProblem(
      `antre already runs from this folder (process ${lock.heldBy.pid}). Stop it with Ctrl-C where it was started, or with: npm stop`,
    );
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')) {
      throw new LaunchProblem(
        `${dataFolder} cannot be written. Does it belong to another user (was this started as root before)? Remove it, or clone afresh.`,
        error,
      );
    }
    throw error;
  }
}

async function clearUp(plan: Plan): Promise<void> {
  rmSync(environmentFile, { force: true });
  pruneCompileCache(compileCacheFolder);
  const leftovers = await endLeftovers(join(dataFolder, 'stack.json'));
  if (leftovers.length > 0) sayThere(`          ended what a killed run left behind: ${leftovers.join(', ')}`);
  if (plan.fresh) {
    await discardData(dataFolder);
    sayThere('          the local data of earlier runs are thrown away');
  }
  await requireFreePorts(portsOf(plan));
}

/** The first signal asks for a clean stop; a later one ends everything at once. */
function listenForSignals(): AbortSignal {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const stop = () => {
    if (firstAt !== undefined && performance.now() - firstAt < oneSignalMs) return;
    // The exit handlers kill each child.
    if (firstAt !== undefined) process.exit(130);
    firstAt = performance.now();
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  // When the process in the terminal has gone, nobody can stop this one. In the background `npm stop` does.
  if (!inBackground) process.on('disconnect', stop);
  return controller.signal;
}

/** A stop signal during the start ends the start. A failure of the start is then not reported. */
async function orUndefinedAfterStop<T>(starting: Promise<T>, stopping: AbortSignal): Promise<T | undefined> {
  const late = once(stopping).then(() => pause(giveUpStartingMs, undefined, { ref: false }));
  try {
    return await Promise.race([starting, late]);
  } catch (error) {
    if (!stopping.aborted) throw error;
    console.log('stopped');
    return undefined;
  }
}

function once(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

function report(error: unknown): void {
  if (error instanceof LaunchProblem) return complain(`\n${error.message}`);
  const log = join(dataFolder, 'logs/start.log');
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  complain(`\nThe start failed: ${error instanceof Error ? error.message : String(error)}\nMore in ${log}`);
  try {
    mkdirSync(join(dataFolder, 'logs'), { recursive: true });
    appendFileSync(log, `${text}\n`);
  } catch {
    console.error(text);
  }
}

function complain(text: string): void {
  if (inBackground) sayThere(text);
  else console.error(text);
}

try {
  await main();
} catch (error) {
  report(error);
  process.exitCode = 1;
}
// Nothing is left to do. A connection that is still closing must not keep the terminal waiting.
process.exit();
