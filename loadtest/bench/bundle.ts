import { join } from 'node:path';
import { repositoryFolder } from '../../deploy/local/places.ts';
import { bundleProgram } from '../../deploy/local/stack/bundle.ts';

/** The API of the benches as one file, made the same way as the product's. */
export async function bundleBench(): Promise<string> {
  const file = join(repositoryFolder, '.data/build', `bench-api-${process.pid}.mjs`);
  await bundleProgram({ entry: 'loadtest/bench/api-entry.ts', file });
  return file;
}
