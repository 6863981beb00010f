import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../deploy/local/places.ts';
import { asksForHelp } from '../deploy/local/no-arguments.ts';

/**
 * `npm run fuzz:contract [-- <options of schemathesis>]`: Schemathesis sends valid and invalid requests to every
 * operation of the published contract, and compares each answer with the contract. Exits with 1 if it found something.
 */

/** The Python package, in a folder of its own below the data folder. */
const release = 'schemathesis==4.32.5';
const home = join(dataFolder, 'schemathesis');
const program = join(home, 'bin/schemathesis');
/** Which checks run, and what counts as a refusal. */
const settings = join(import.meta.dirname, 'fuzz/schemathesis.toml');
const secondsOfPart = '150';
const casesPerOperation = '20';
/**
 * Long, for a busy machine: checking a password is slow on purpose. Streams stay open for longer and are cut off then.
 */
const answerSeconds = '15';

/** Left out, because they end the session, the account or the order that the run needs. */
const endings = ['endCurrentSession', 'endSession', 'endStaffSessions', 'cancelOrder', 'correctBuyer'];
const without = [...endings.flatMap((id) => ['--exclude-operation-id', id]), '--exclude-path-regex', '/stream$'];

const all = 'examples,coverage,fuzzing';
const parts = [
  { as: 'ownerToken', only: ['--exclude-path-regex', '^/v1/orders/', ...without], phases: all },
  { as: 'orderToken', only: ['--include-path-regex', '^/v1/orders/', ...without], phases: all },
  { as: 'ownerToken', only: ['--include-path-regex', '/stream$'], phases: 'examples' },
] as const;

function run(command: string, args: readonly string[]): Promise<number> {
  // It leaves its notes in the folder in which it runs.
  const child = spawn(command, args, { stdio: 'inherit', cwd: dataFolder });
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function install(): Promise<boolean> {
  if (existsSync(program)) return true;
  mkdirSync(dataFolder, { recursive: true });
  console.log(`fetching ${release} into ${home}`);
  if ((await run('python3', ['-m', 'venv', home])) !== 0) return false;
  return (await run(join(home, 'bin/pip'), ['install', '--quiet', release])) === 0;
}

const usage = 'usage: npm run fuzz:contract [-- <options of `schemathesis run`>]';

async function main(): Promise<void> {
  if (asksForHelp(process.argv.slice(2))) return console.log(usage);
  if (!(await install())) {
    console.error(`${release} could not be installed: it needs python3 with venv, and a registry of Python packages`);
    process.exitCode = 1;
    return;
  }
  // Loads the whole service, which takes seconds.
  const { contractFor, openFuzzWorld } = await import('./fuzz/fuzz-world.ts');
  const world = await openFuzzWorld();
  try {
    const file = join(home, 'contract.json');
    writeFileSync(file, JSON.stringify(contractFor(world)));
    const common = [
      '--config-file',
      settings,
      'run',
      file,
      '--url',
      world.url,
      '--continue-on-failure',
      '--no-color',
      '--seed',
      '1',
    ];
    const bounds = ['--max-examples', casesPerOperation, '--request-timeout', answerSeconds];
    const given = process.argv.slice(2);
    const codes: number[] = [];
    for (const { as, only, phases } of parts) {
      const asked = ['--header', `Authorization: Bearer ${world[as]}`, '--phases', phases, '--max-time', secondsOfPart];
      codes.push(await run(program, [...common, ...bounds, ...asked, ...only, ...given]));
    }
    process.exitCode = Math.max(...codes);
  } finally {
    await world.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(`fuzz:contract: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
