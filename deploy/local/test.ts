import { type StdioOptions, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compileCacheFolder, pruneCompileCache } from './compile-cache.ts';
import { type Results, failuresOf } from './failures.ts';
import { dataFolder, repositoryFolder } from './places.ts';
import { asksForHelp } from './no-arguments.ts';
import { discardTestData } from './services/test-data.ts';

/**
 * `npm test`: runs vitest, whose global set-up starts the services, and prints how many tests passed and failed. Without arguments, a second
 * run beside the first has what needs none of these services: the unit tests, and the drills that start stacks, servers and commands of their
 * own, and mostly wait.
 */

/** One run of vitest. */
type Run = { readonly words: readonly string[]; readonly output: 'inherit' | 'kept' };
type Ended = { readonly code: number; readonly output: string; readonly results: Results | undefined };

const everything: readonly Run[] = [
  { words: ['--project=integration', '--project=changing', '--project=drills'], output: 'inherit' },
  // Its lines would stand between those of the other run, so they follow at the end.
  { words: ['--project=unit', '--project=stacks'], output: 'kept' },
];

/** Options of every day, with which vitest writes to the terminal itself. */
const usual = /^(?:-t|-h|--help|--testNamePattern|--project)(?:=|$)/;

async function main(): Promise<number> {
  const words = process.argv.slice(2);
  mkdirSync(dataFolder, { recursive: true });
  pruneCompileCache(compileCacheFolder);
  const ended = await Promise.all((words.length === 0 ? everything : [{ words, output: 'inherit' } as const]).map(run));
  for (const { output } of ended) process.stdout.write(output);
  if (asksForHelp(words)) return Math.max(...ended.map(({ code }) => code));
  if (ended.some(({ results }) => results === undefined)) {
    console.log('no result: the tests ended early');
    return ended.find(({ code }) => code !== 0)?.code ?? 1;
  }
  const passed = sum(ended.map(({ results }) => results?.numPassedTests ?? 0));
  const failed = sum(ended.map(failedOf));
  process.stdout.write(failuresOf(ended.flatMap(({ results }) => results ?? [])));
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function run({ words, output }: Run, number: number): Promise<Ended> {
  const file = join(dataFolder, `test-results-${process.pid}-${number}.json`);
  const vitest = spawn(
    process.execPath,
    [
      ...process.execArgv,
      join(repositoryFolder, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...words,
    ],
    // In a process group of its own, so that its workers can be killed with it.
    {
      cwd: repositoryFolder,
      stdio: stdioOf(words, output),
      detached: true,
      // The processes that tests start load the same hundreds of files.
      env: { ...process.env, NODE_COMPILE_CACHE: compileCacheFolder },
    },
  );
  let said = '';
  for (const stream of [vitest.stdout, vitest.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      if (output === 'kept') said += text;
      else process.stderr.write(withoutStack(text));
    });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => vitest.kill(signal));
  const code = await new Promise<number>((resolve) => vitest.once('close', (exit) => resolve(exit ?? 1)));
  await clearUp(vitest.pid);
  const results = read(file);
  rmSync(file, { force: true });
  return { code, output: said, results };
}

function stdioOf(words: readonly string[], output: Run['output']): StdioOptions {
  if (output === 'kept') return ['ignore', 'pipe', 'pipe'];
  const isUsual = words.every((word) => !word.startsWith('-') || usual.test(word));
  return isUsual ? 'inherit' : ['inherit', 'inherit', 'pipe'];
}

/** Vitest ends with a stack for an option that it does not know. */
function withoutStack(text: string): string {
  const unknown = /CACError: (.*)/.exec(text)?.[1];
  return unknown === undefined ? text : `test: ${unknown}; npm test -- --help shows the options\n`;
}

/** A file that could not be loaded has no failed tests, and a failed set-up has no file: neither must look like success. */
function failedOf({ code, results }: Ended): number {
  const brokenFiles = (results?.testResults ?? []).filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
  );
  return Math.max((results?.numFailedTests ?? 0) + brokenFiles.length, code === 0 ? 0 : 1);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

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
