import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { stop } from 'esbuild';
import { dataFolder } from '../../../deploy/local/places.ts';
import { bundleProgram } from '../../../deploy/local/stack/bundle.ts';

/** `npm run rehearse` as one file, which starts in a fraction of the time that its hundreds of sources take. */
export type RehearseProgram = { readonly file: string; close(): void };

/** The file is two folders below the repository, as the sources are, because the program finds the repository from there. */
export async function bundleRehearse(name: string): Promise<RehearseProgram> {
  const folder = join(dataFolder, `rehearse-${name}-${process.pid}`);
  const file = join(folder, 'rehearse.mjs');
  await bundleProgram({ entry: 'loadtest/rehearse.ts', file });
  await stop();
  return { file, close: () => rmSync(folder, { recursive: true, force: true }) };
}
