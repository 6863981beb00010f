import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { LaunchProblem } from '../../deploy/local/launch-problem.ts';
import { type Services, startServices } from '../../deploy/local/services/start-services.ts';
import { bundle } from '../../deploy/local/stack/bundle.ts';
import {
  discardKilledRuns,
  discardTestData,
  makeTestFolder,
  answersFileIn,
  testProgramsFolder,
} from '../../deploy/local/services/test-data.ts';
import type { TestPrograms } from '../processes/test-programs.ts';
import type { TestStack } from '../services/stack.ts';
import { MigrationError, migrate } from '../../drizzle/migrate.ts';

const templateDatabase = 'antre_template';

/** The shared state of the tiers of one run. It is kept on `globalThis`, because each tier loads this file again. */
interface Shared {
  services?: Services;
  answersFile?: string;
  stack?: Promise<TestStack>;
  /** Made for drills, which are set up first. */
  programs?: TestPrograms;
  users: number;
}
const ofProcess = globalThis as { antreTestServices?: Shared };
const shared = (ofProcess.antreTestServices ??= { users: 0 });

/**
 * Starts the services that all test files of this run share, on free ports with their own data, and migrates the template. For drills it
 * also bundles the programs that they start as processes.
 */
export async function setup(project: TestProject): Promise<void> {
  shared.users += 1;
  try {
    // Side by side, since the start mostly waits: for downloads, then for servers.
    const bundling = project.name === 'drills' ? makePrograms() : undefined;
    const [stack, programs] = await Promise.all([(shared.stack ??= start()), bundling]);
    project.provide('stack', stack);
    if (programs !== undefined) {
      shared.programs = programs;
      project.provide('programs', programs);
    }
    project.provide('pages', shared.programs && join(dirname(shared.programs.api), 'web'));
  } catch (error) {
    if (!(error instanceof LaunchProblem || error instanceof MigrationError)) throw error;
    // The message says what to do. A stack trace would hide it.
    console.error(`\n${error.message}\n`);
    await shared.services?.stop();
    process.exit(1);
  }
}

async function start(): Promise<TestStack> {
  await discardKilledRuns();
  const folder = makeTestFolder(process.pid);
  const answersFile = answersFileIn(folder);
  shared.answersFile = answersFile;
  const services = await startServices({
    dataFolder: folder,
    ports: 'free',
    durable: false,
    database: templateDatabase,
    say: showUnusual,
  });
  shared.services = services;
  const { postgresAdminUrl, pgbouncerAdminUrl, ...addresses } = services.addresses;
  if (postgresAdminUrl === undefined || pgbouncerAdminUrl === undefined)
    throw new Error('Tests need servers of their own.');
  await migrate({ url: addresses.databaseDirectUrl });
  await closeTemplate(postgresAdminUrl);
  return { ...addresses, postgresAdminUrl, pgbouncerAdminUrl, templateDatabase, answersFile };
}

/** The last tier stops them and deletes their data. */
export async function teardown(): Promise<void> {
  shared.users -= 1;
  if (shared.users > 0) return;
  await shared.services?.stop();
  const { answersFile = '' } = shared;
  const undocumented = existsSync(answersFile) ? await undocumentedIn(readFileSync(answersFile, 'utf8')) : [];
  rmSync(answersFile, { force: true });
  await discardTestData(process.pid);
  if (undocumented.length > 0)
    throw new Error(
      `Codes that src/refusals.ts does not list for their operation, or headers that its responses do not have:\n  ${undocumented.join('\n  ')}`,
    );
}

/**
 * Bundles the programs, and starts each once without settings: it ends at once, and then Node keeps what it has compiled of it. Of those that
 * tests kill it keeps nothing.
 */
async function makePrograms(): Promise<TestPrograms> {
  const folder = testProgramsFolder(process.pid);
  const programs = await bundle(folder);
  const compileCache = join(folder, 'compile-cache');
  const env = { NODE_COMPILE_CACHE: compileCache };
  const start = (file: string) => new Promise((ended) => execFile(process.execPath, [file], { env }, ended));
  await Promise.all(Object.values(programs).map(start));
  return { ...programs, compileCache };
}

/** Loads the whole API, which the start of the services would have to wait for. */
async function undocumentedIn(noted: string): Promise<readonly string[]> {
  const { undocumentedAnswers } = await import('./undocumented-answers.ts');
  return undocumentedAnswers(noted);
}

/** A database with open connections cannot be copied. */
async function closeTemplate(adminUrl: string): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
  await sql`alter database ${sql(templateDatabase)} with allow_connections false`;
  await sql.end();
}

/** Start-up times are not worth a line in a test run. A download or a server that died is. */
function showUnusual(line: string): void {
  if (!/^\s*[\d.]+ s {2}/.test(line)) console.log(line);
}
