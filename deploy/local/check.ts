import { spawnSync } from 'node:child_process';

const folders = ['src', 'workers', 'drizzle', 'deploy', 'sandbox', 'testkit', 'loadtest', 'test'];

/**
 * `npm run check`: everything that needs no database, in seconds. All steps run, also after a failed one, so that one run
 * names every fault.
 */
const steps: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'format', command: ['biome', 'format', '--log-level=error', '.'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--quiet', '.'] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'types of the pages', command: ['tsc', '--noEmit', '-p', 'src/web/client/tsconfig.json'] },
  { name: 'types of k6', command: ['tsc', '--noEmit', '-p', 'loadtest/k6'] },
  { name: 'contract', command: ['node', 'deploy/client/lint-contract.ts'] },
  {
    name: 'architecture',
    command: ['depcruise', '--config=deploy/local/architecture.mjs', '--output-type=err', ...folders],
  },
  { name: 'migrations', command: ['drizzle-kit', 'check', '--config=drizzle/kit.config.ts'] },
  { name: 'supply chain', command: ['node', 'deploy/local/supply-chain/check.ts'] },
  { name: 'dead code', command: ['knip', '--no-progress'] },
  {
    name: 'tidy',
    command: ['vitest', 'run', '--project=unit', '--reporter=dot', 'test/tidy.test.ts', 'test/tiers.test.ts'],
  },
];

let failed = 0;
for (const { name, command } of steps) {
  const started = performance.now();
  const passed = run(command);
  if (!passed) failed += 1;
  process.stdout.write(
    `${passed ? 'ok    ' : 'FAILED'}  ${name.padEnd(18)} ${((performance.now() - started) / 1000).toFixed(1)} s\n`,
  );
}
if (failed > 0) process.stdout.write('\nnpm run format writes the format; the other faults are named above.\n');
process.exitCode = failed === 0 ? 0 : 1;

function run([command = '', ...parameters]: readonly string[]): boolean {
  const { status } = spawnSync(`node_modules/.bin/${command}`, parameters, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: `${process.cwd()}/node_modules/.bin:${process.env['PATH'] ?? ''}` },
  });
  return status === 0;
}
