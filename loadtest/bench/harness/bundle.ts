import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Plugin, stop } from 'esbuild';
import { repositoryFolder } from '../../../deploy/local/places.ts';
import { bundleProgram, bundleHelpers } from '../../../deploy/local/stack/bundle.ts';
import { buildWeb } from '../../../src/web/client-build/build-web.ts';

const folder = join(repositoryFolder, '.data/build/bench');
/** Only for this process, because another bench may run from this folder at the same time. */
const file = join(folder, `api-${process.pid}.mjs`);
const workerFile = join(folder, `worker-${process.pid}.mjs`);

/** The API of the benches as one file, bundled like the product's, with the files for browsers beside it. */
export async function bundleBench(): Promise<string> {
  await bundleProgram({ entry: 'loadtest/bench/harness/api-entry.ts', file, sourceMap: true });
  await bundleHelpers(folder, true);
  await buildWeb({ outFolder: join(folder, 'web') });
  await stop();
  return file;
}

/** The product's worker. */
export async function bundleWorker(plugins: readonly Plugin[] = []): Promise<string> {
  await bundleProgram({ entry: 'workers/main.ts', file: workerFile, sourceMap: true, plugins });
  await stop();
  return workerFile;
}

/** Removed at the very end, because the profiles' functions are named by its source map. */
export function removeBundle(): void {
  for (const one of [file, workerFile]) for (const name of [one, `${one}.map`]) rmSync(name, { force: true });
}
