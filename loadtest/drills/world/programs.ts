import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../../../deploy/local/places.ts';
import { type BundledPrograms, bundle } from '../../../deploy/local/stack/bundle.ts';
import { type Mutant, withoutGuards } from './mutants.ts';

export type Programs = BundledPrograms & { remove(): void };

let made = 0;

/** The product's programs as one file each, which start in a third of the time: drills start them often. */
export async function bundlePrograms(mutant: Mutant | undefined): Promise<Programs> {
  made += 1;
  const folder = join(dataFolder, `build/drill-${process.pid}-${made}`);
  const programs = await bundle(folder, [withoutGuards(mutant)]);
  return { ...programs, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
