import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Plugin, build, stop } from 'esbuild';
import { buildWeb } from '../../../src/web/client-build/build-web.ts';
import { dataFolder, repositoryFolder } from '../places.ts';

/** Optional drivers that packages look for and that are not installed, and packages that read files from beside their code. */
const externals = [
  'pg',
  'pg-native',
  'redis',
  'bun',
  '@valkey/valkey-glide',
  '@datadog/pprof',
  'pdfkit',
  'subset-font',
  'harfbuzzjs',
  'sharp',
];

const buildFolder = join(dataFolder, 'build');

/** The programs that run as one file each: they start in a third of the time and half the memory. */
export const bundles = {
  api: { entry: 'src/main.ts', file: join(buildFolder, 'api.mjs') },
  worker: { entry: 'workers/main.ts', file: join(buildFolder, 'worker.mjs') },
} as const;

/** Helper processes and threads, each a file beside the program: `helperFile` in `src/platform/resilience/helper-processes.ts` looks there. */
const helpers = [
  'src/orders/tickets/tickets-helper.ts',
  'src/access/sessions/password-helper.ts',
  'src/catalog/media/picture-helper.ts',
  'src/catalog/media/link-card-helper.ts',
  'src/platform/profiling/stall-watcher.ts',
];

/** The files of the API and of the worker. */
export type BundledPrograms = { readonly api: string; readonly worker: string };

/**
 * Bundles the API and the worker, and beside them their helpers and the files for browsers.
 * @param folder in the repository, where the packages are found that are not bundled
 */
export async function bundle(folder = buildFolder, plugins: readonly Plugin[] = []): Promise<BundledPrograms> {
  const fileOf = ({ file }: { readonly file: string }) => join(folder, basename(file));
  const programs = { api: fileOf(bundles.api), worker: fileOf(bundles.worker) };
  await Promise.all([
    bundleProgram({ entry: bundles.api.entry, file: programs.api, plugins }),
    bundleProgram({ entry: bundles.worker.entry, file: programs.worker, plugins }),
    bundleHelpers(folder),
    buildWeb({ outFolder: join(folder, 'web') }),
  ]);
  await stop();
  return programs;
}

/** Bundles the helper processes of the API into the folder of its program. */
export async function bundleHelpers(folder: string, sourceMap = false): Promise<void> {
  const files = helpers.map((entry) => ({ entry, file: join(folder, `${basename(entry, '.ts')}.mjs`), sourceMap }));
  await Promise.all(files.map((file) => bundleProgram(file)));
}

/**
 * Bundles one program into one file.
 * @param program.sourceMap for stacks of a release and profiles of a bench. Nothing else reads it, and it takes as long as the rest.
 */
export async function bundleProgram({
  entry,
  file,
  plugins = [],
  sourceMap = false,
}: {
  entry: string;
  file: string;
  plugins?: readonly Plugin[];
  sourceMap?: boolean;
}): Promise<void> {
  // In one file, a command that the program only imports would take itself for the program, and run.
  const isMainAsked = readFileSync(join(repositoryFolder, entry), 'utf8').includes('import.meta.main');
  await build({
    absWorkingDir: repositoryFolder,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    sourcemap: sourceMap,
    external: externals,
    plugins: [...plugins],
    define: isMainAsked ? {} : { 'import.meta.main': 'false' },
    logLevel: 'silent',
    // Some packages are CommonJS inside and call `require`, which an ES module does not have by itself.
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
    },
  });
}
