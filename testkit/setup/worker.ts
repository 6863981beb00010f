import process from 'node:process';
import { inject } from 'vitest';
import { readAssets } from '../../src/web/server/files/assets.ts';

/** Runs in a test worker before each file. */

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the files for browsers, if the run has built them for drills. */
    pages: string | undefined;
  }
}

// Otherwise each worker would bundle and compress them again, which takes more than a second of a processor.
const pages = inject('pages');
if (pages !== undefined) readAssets(pages);
// vitest turns them on. The sources have none, since stripping types moves nothing, and Node would look for them in each stack that is read.
process.setSourceMapsEnabled(false);
