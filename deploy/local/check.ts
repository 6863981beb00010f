import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { takeNoArguments } from './no-arguments.ts';

/** For the linter and the compiler, which are written in Go: they collect garbage for a third of their time unless their memory may grow more. */
const goMemory = { GOGC: '400', GOMEMLIMIT: '3GiB' };
const folders = ['src', 'workers', 'drizzle', 'deploy', 'sandbox', 'testkit', 'loadtest', 'test'];

type Step = { readonly name: string; readonly command: readonly string[] };

/**
 * `npm run check`: everything that needs no database. All steps run, also after a failed one, so that one run names
 * every fault. Steps run beside each other, the longest first.
 */
const steps: readonly Step[] = [
  // The linter loads the types, so it also reports the compiler's errors.
  { name: 'lint and types', command: ['oxlint', '--type-aware', '--type-check', '--quiet', '.'] },
  {
    name: 'architecture',
    command: ['depcruise', '--config=deploy/local/architecture.mjs', '--output-type=err', ...folders],
  },
  { name: 'dead code', command: ['knip', '--no-progress'] },
  // Loads the whole API from its sources, and leaves what Node compiled of them to the tests.
  { name: 'contract', command: ['node', ...process.execArgv, 'deploy/client/lint-contract.ts'] },
  { name: 'format', command: ['biome', 'format', '--log-level=error', '.'] },
  {
    name: 'tidy',
    command: ['vitest', 'run', '--project=unit', '--reporter=dot', 'test/tidy.test.ts', 'test/tiers.test.ts'],
  },
  { name: 'types of the pages', command: ['tsc', '--noEmit', '-p', 'src/web/client/tsconfig.json'] },
  { name: 'supply chain', command: ['node', ...process.execArgv, 'deploy/local/supply-chain/check.ts'] },
  { name: 'migrations', command: ['drizzle-kit', 'check', '--config=drizzle/kit.config.ts'] },
  { name: 'types of k6', command: ['tsc', '--noEmit', '-p', 'loadtest/k6'] },
];

takeNoArguments(
  'check',
  'Checks format, lint, types, contract, import rules, migrations, packages and dead code. Needs no database.',
);

const waiting = [...steps];
let failed = 0;
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) await take(step);
  }),
);
if (failed > 0) process.stdout.write('\nnpm run format writes the format; the other faults are named above.\n');
process.exitCode = failed === 0 ? 0 : 1;

/** Prints a step's output in one piece, because others run beside it. */
async function take({ name, command }: Step): Promise<void> {
  const started = performance.now();
  const { passed, said } = await run(command);
  if (!passed) failed += 1;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${said}${passed ? 'ok    ' : 'FAILED'}  ${name.padEnd(18)} ${seconds} s\n`);
}

function run([command = '', ...parameters]: readonly string[]): Promise<{ passed: boolean; said: string }> {
  const running = spawn(`node_modules/.bin/${command}`, parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...goMemory, ...process.env, PATH: `${process.cwd()}/node_modules/.bin:${process.env['PATH'] ?? ''}` },
  });
  let said = '';
  for (const stream of [running.stdout, running.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  return new Promise((resolve) => {
    running.once('error', (error) => resolve({ passed: false, said: `${error.message}\n` }));
    running.once('close', (code) => resolve({ passed: code === 0, said }));
  });
}
