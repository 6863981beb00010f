import { join, resolve } from 'node:path';

/** The folder that holds package.json. */
export const repositoryFolder = resolve(import.meta.dirname, '../..');

/** Everything the launcher writes lives below it; git ignores it. */
export const dataFolder = join(repositoryFolder, '.data');
