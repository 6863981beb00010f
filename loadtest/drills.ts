import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '../deploy/local/places.ts';
import { isInterrupted } from './bench/harness/interruption.ts';
import { drills } from './drills/catalogue.ts';
import { documentOf } from './drills/document.ts';
import { failureOf } from './drills/drill.ts';
import { matrixRows } from './drills/matrix/matrix-rows.ts';
import { type Asked, readOptions, usage } from './drills/options.ts';
import { runApart } from './drills/run-apart.ts';
import { findPrograms, inOwnNetwork, networkRefusal } from './drills/world/network.ts';
import { keepResult, keepStopped, printResult, printTable, readResults, resultSince } from './drills/results.ts';

/**
 * `npm run drills`: injects faults while the product sells, and proves that nothing is lost or done twice. Writes each
 * result to `loadtest/results/drills`. Fails if a drill fails.
 *
 *     npm run drills -- worker-kills --orders 2000 --minutes 0.5
 */
async function main(): Promise<void> {
  const asked = readAsked();
  if (asked === 'help') return void process.stdout.write(`${usage(drills)}\n`);
  if (asked === 'document') {
    const file = join(repositoryFolder, 'docs/measurements/drills.md');
    writeFileSync(file, documentOf(drills, readResults(), readFileSync(file, 'utf8')));
    return void process.stdout.write('written to docs/measurements/drills.md\n');
  }
  if (asked.isHere) return runHere(asked);
  const startedMs = Date.now();
  const skipped = new Map<string, string>();
  for (const [place, name] of asked.names.entries()) {
    const drill = drills[name];
    if (drill === undefined) continue;
    const refusal = drill.needsNetwork === true ? await networkRefusal() : undefined;
    if (refusal !== undefined) {
      skipped.set(name, refusal);
      process.stderr.write(`drill ${name} is skipped: ${refusal}\n`);
      continue;
    }
    if (drill.needsNetwork === true) await findPrograms();
    const limits = { ...asked.limitsOf(name), before: drill.needsNetwork === true ? inOwnNetwork : [] };
    process.stderr.write(`drill ${name} (${place + 1} of ${asked.names.length}), ${limits.minutes} min at most\n`);
    const sinceMs = Date.now();
    if (!(await runApart(name, asked.options, limits)))
      keepStopped(name, drill, asked.options, { ms: sinceMs, minutes: limits.minutes });
    const kept = resultSince(name, sinceMs);
    if (kept === undefined || kept.runs.some((run) => failureOf(run) !== undefined)) process.exitCode = 1;
  }
  printTable(asked.names, startedMs, skipped);
}

/** Wrong arguments end the command with a sentence. A fault of a drill shows its stack. */
function readAsked(): ReturnType<typeof readOptions> {
  try {
    return readOptions(process.argv.slice(2), drills, Object.keys(matrixRows));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return process.exit(2);
  }
}

/** Keeps each run as it ends: a later one may be stopped. */
async function runHere({ names, options }: Asked): Promise<void> {
  for (const name of names) {
    const drill = drills[name];
    if (drill === undefined) continue;
    process.stderr.write(`${drill.fault}\n`);
    const runs = await drill.run({ ...options, onRun: (soFar) => keepResult(name, drill, options, soFar) });
    keepResult(name, drill, options, runs);
    printResult(name, options, runs);
  }
}

// By default a signal would end only this process. Leaving by `exit` also stops the servers.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => process.listenerCount(name) === 1 && process.exit(130));

main().then(
  // Handles that a drill has left open must not keep the process alive.
  () => process.exit(),
  (error: unknown) => {
    // The handler that stops the servers exits afterwards.
    if (isInterrupted()) return;
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(2);
  },
);
