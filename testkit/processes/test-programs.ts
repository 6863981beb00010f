import { inject } from 'vitest';
import type { BundledPrograms } from '../../deploy/local/stack/bundle.ts';

declare module 'vitest' {
  interface ProvidedContext {
    programs: BundledPrograms;
  }
}

/** The API and the worker as they are deployed: one file each, made once for a run of drills. */
export function testPrograms(): BundledPrograms {
  const programs: BundledPrograms | undefined = inject('programs');
  if (programs === undefined)
    throw new Error('Only a drill starts processes: put the file into `drills` of test/tiers.ts.');
  return programs;
}
