import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endLeftovers } from './host/ledger.ts';
import { isAlive, type ProcessIdentity } from './host/process-identity.ts';
import { dataFolder } from './places.ts';
import { takeNoArguments } from './no-arguments.ts';

/** `npm stop`: ends the stack that runs from this folder, in the foreground or in the background. Needs no package. */

const stopDeadlineMs = 60_000;
const sayEveryMs = 5000;

async function main(): Promise<number> {
  const launcher = readLauncher();
  if (launcher === undefined || !isAlive(launcher)) {
    const left = await endLeftovers(join(dataFolder, 'stack.json'));
    console.log(left.length === 0 ? 'antre does not run from this folder' : `ended what was left: ${left.join(', ')}`);
    return 0;
  }
  process.kill(launcher.pid, 'SIGTERM');
  const began = performance.now();
  let saidAt = began;
  while (isAlive(launcher)) {
    if (performance.now() - began > stopDeadlineMs) {
      console.error(
        `process ${launcher.pid} still runs after ${stopDeadlineMs / 1000} s. To end it at once: kill -9 ${launcher.pid}`,
      );
      return 1;
    }
    if (performance.now() - saidAt > sayEveryMs) {
      console.log(`  still stopping, ${Math.round((performance.now() - began) / 1000)} s`);
      saidAt = performance.now();
    }
    await pause(100);
  }
  console.log('stopped');
  return 0;
}

function readLauncher(): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(join(dataFolder, 'stack.lock'), 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

takeNoArguments('stop', 'Ends the stack that runs from this folder.');
process.exitCode = await main();
