import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder, repositoryFolder } from './places.ts';
import { discardTestData } from './services/test-data.ts';

/** `npm test`: runs vitest, whose global set-up starts the services, and prints how many tests passed and failed. */

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

async function main(): Promise<number> {
  mkdirSync(dataFolder, { recursive: true });
  const file = join(dataFolder, `test-results-${process.pid}.json`);
  const vitest = spawn(
    process.execPath,
    [
      join(repositoryFolder, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...process.argv.slice(2),
    ],
    // In a process group of its own, so that its workers can be killed with it.
    {
      cwd: repositoryFolder,
      stdio: 'inherit',
      detached: true,
      // The processes that tests start load the same hundreds of files.
      env: { ...process.env, NODE_COMPILE_CACHE: join(dataFolder, 'compile-cache') },
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => vitest.kill(signal));
  const code = await new Promise<number>((resolve) => vitest.once('exit', (exit) => resolve(exit ?? 1)));
  await clearUp(vitest.pid);
  const results = read(file);
  rmSync(file, { force: true });
  if (results === undefined) {
    console.log('no result: the tests ended early');
    return code === 0 ? 1 : code;
  }
  // A file that could not be loaded has no failed tests, but it failed.
  const brokenFiles = results.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
  );
  const failed = results.numFailedTests + brokenFiles.length;
  // A failed set-up or an error outside any test must not look like success.
  console.log(`${results.numPassedTests} passed, ${Math.max(failed, code === 0 ? 0 : 1)} failed`);
  return code;
}

/** After an interrupted run: workers that are still in a test, servers, and their data. */
async function clearUp(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // No process is left, as expected.
  }
  await discardTestData(pid);
}

function read(file: string): Results | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Results;
  } catch {
    return undefined;
  }
}

process.exitCode = await main();
