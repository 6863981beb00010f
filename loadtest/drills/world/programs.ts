import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { stop } from 'esbuild';
import { dataFolder } from '../../../deploy/local/places.ts';
import { bundleHelpers, bundleProgram } from '../../../deploy/local/stack/bundle.ts';
import { buildWeb } from '../../../src/web/client-build/build-web.ts';
import { type Mutant, withoutGuards } from './mutants.ts';

export type Programs = { readonly api: string; readonly worker: string; remove(): void };

let made = 0;

/** The product's programs as one file each, which start in a third of the time: drills start them often. */
export async function bundlePrograms(mutant: Mutant | undefined): Promise<Programs> {
  made += 1;
  const folder = join(dataFolder, `build/drill-${process.pid}-${made}`);
  const [api, worker] = [join(folder, 'api.mjs'), join(folder, 'worker.mjs')];
  const plugins = [withoutGuards(mutant)];
  await bundleProgram({ entry: 'src/main.ts', file: api, plugins });
  await bundleProgram({ entry: 'workers/main.ts', file: worker, plugins });
  await bundleHelpers(folder);
  await buildWeb({ outFolder: join(folder, 'web') });
  await stop();
  return { api, worker, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
