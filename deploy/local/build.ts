import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { stop } from 'esbuild';
import { buildWeb } from '../../src/web/client-build/build-web.ts';
import { dataFolder, repositoryFolder } from './places.ts';
import { step } from './progress.ts';
import { bundleProgram, bundleHelpers } from './stack/bundle.ts';
import { takeNoArguments } from './no-arguments.ts';

/**
 * `npm run build`: writes everything that a server needs besides Node and the production packages to `.data/dist`. The
 * programs find the files that they read at run time (migrations, pages) beside themselves.
 */
const dist = join(dataFolder, 'dist');

const programs = {
  'api.mjs': 'src/main.ts',
  'worker.mjs': 'workers/main.ts',
  'drizzle/migrate.mjs': 'drizzle/migrate.ts',
  'pgbouncer-exporter.mjs': 'deploy/pgbouncer/exporter.ts',
  'commands/create-organizer.mjs': 'src/cli/create-organizer.ts',
  'commands/create-staff-link.mjs': 'src/cli/create-staff-link.ts',
  'commands/switches.mjs': 'src/cli/switches.ts',
  'commands/dead-letters.mjs': 'workers/dead-letters.ts',
  'commands/audit.mjs': 'loadtest/audit.ts',
  'commands/audit-draw.mjs': 'loadtest/audit-draw.ts',
} as const;

/** The files that `npm ci` needs beside the programs. */
const packageFiles = ['package.json', 'package-lock.json', '.npmrc'];
const apiPageFiles = ['swagger-ui.css', 'swagger-ui-bundle.js', 'LICENSE'];

async function buildPrograms(): Promise<void> {
  const builds = Object.entries(programs).map(([file, entry]) =>
    bundleProgram({ entry, file: join(dist, file), sourceMap: true }),
  );
  await Promise.all([...builds, bundleHelpers(dist, true)]);
}

function copyMigrations(): void {
  const folder = join(repositoryFolder, 'drizzle');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.sql'))) {
    copyFileSync(join(folder, file), join(dist, 'drizzle', file));
  }
  for (const name of ['meta', 'functions'])
    cpSync(join(folder, name), join(dist, 'drizzle', name), { recursive: true });
}

function copyApiPage(): void {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  mkdirSync(join(dist, 'swagger-ui'), { recursive: true });
  for (const file of apiPageFiles) copyFileSync(join(folder, file), join(dist, 'swagger-ui', file));
}

// `npm run release` builds, too, with arguments of its own.
if (import.meta.main) takeNoArguments('build', 'Writes what a server needs to .data/dist.');
rmSync(dist, { recursive: true, force: true });
await step(console.log, `built into ${dist}`, async () => {
  await buildPrograms();
  await buildWeb({ outFolder: join(dist, 'web') });
  await stop();
  copyMigrations();
  copyApiPage();
  for (const name of packageFiles) copyFileSync(join(repositoryFolder, name), join(dist, name));
});
