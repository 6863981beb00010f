import { inject } from 'vitest';
import type { BundledPrograms } from '../../deploy/local/stack/bundle.ts';

/** `compileCache`: what Node has compiled of them, for the variable NODE_COMPILE_CACHE. */
export type TestPrograms = BundledPrograms & { readonly compileCache: string };

declare module 'vitest' {
  interface ProvidedContext {
    programs: TestPrograms;
  }
}

/** The API and the worker as they are deployed: one file each, made once for a run of drills. */
export function testPrograms(): TestPrograms {
  const programs: TestPrograms | undefined = inject('programs');
  if (programs === undefined)
    throw new Error('Only a drill starts processes: put the file into `drills` of test/tiers.ts.');
  return programs;
}
