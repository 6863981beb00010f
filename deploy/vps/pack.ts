import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder, repositoryFolder } from '../local/places.ts';
import { step } from '../local/progress.ts';
import { archiveFolder } from './archive.ts';
import { LaunchProblem } from '../local/launch-problem.ts';
import { asksForHelp } from '../local/no-arguments.ts';

/**
 * `npm run release [version]`: writes `.data/releases/antre-<version>.tar.gz`, all that a machine needs to run the product: what
 * `npm run build` makes, the production packages with their Node, and the files of `deploy` that `install` and `release` read. The version is
 * that of package.json with the commit, unless it is given.
 */
const versionPattern = /^[0-9A-Za-z][0-9A-Za-z._+-]{0,63}$/;
const deployed = [
  'systemd',
  'vps',
  'backup',
  'nginx',
  'pgbouncer',
  'postgres',
  'redis',
  'prometheus',
  'alertmanager',
  'blackbox',
];
const packagesDeadlineMs = 600_000;
/** Where the programs find their Node, whatever the processor. */
const nodeLink = join('..', 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');

function versionOf(asked: string | undefined): string {
  const { version } = JSON.parse(readFileSync(join(repositoryFolder, 'package.json'), 'utf8')) as { version: string };
  const chosen = asked ?? `${version}-${commit()}`;
  if (!versionPattern.test(chosen))
    throw new LaunchProblem(`"${chosen}" cannot be a version: ${versionPattern.source}\n${usage}`);
  return chosen;
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short=10', 'HEAD'], { cwd: repositoryFolder, encoding: 'utf8' }).trim();
}

/** When the commit was made: a release has no other time. */
function committedAt(): number {
  return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: repositoryFolder, encoding: 'utf8' }));
}

async function pack(version: string): Promise<string> {
  const folder = join(dataFolder, 'releases');
  const [place, archive] = [join(folder, `antre-${version}`), join(folder, `antre-${version}.tar.gz`)];
  rmSync(place, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await import('../local/build.ts');
  cpSync(join(dataFolder, 'dist'), place, { recursive: true });
  await step(console.log, 'the production packages', async () =>
    execFileSync('npm', ['ci', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund'], {
      cwd: place,
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: packagesDeadlineMs,
    }),
  );
  mkdirSync(join(place, 'bin'));
  symlinkSync(nodeLink, join(place, 'bin/node'));
  for (const name of [...deployed, 'env.example', 'runbook.md'])
    cpSync(join(repositoryFolder, 'deploy', name), join(place, 'deploy', name), { recursive: true });
  cpSync(join(repositoryFolder, 'docs/operations.md'), join(place, 'docs/operations.md'));
  writeFileSync(join(place, 'VERSION'), `${version}\n`);
  await step(console.log, archive, async () => archiveFolder(place, archive, committedAt()));
  rmSync(place, { recursive: true, force: true });
  return archive;
}

const usage = 'usage: npm run release [version]';

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) return console.log(usage);
  const [asked, ...more] = args;
  if (more.length > 0) throw new LaunchProblem(usage);
  await pack(versionOf(asked));
}

try {
  await main();
} catch (error) {
  console.error(`release: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof LaunchProblem ? 2 : 1;
}
