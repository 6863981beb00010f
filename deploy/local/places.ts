import { join, resolve } from 'node:path';

/** The folder that holds package.json. */
export const repositoryFolder = resolve(import.meta.dirname, '../..');

/**
 * Everything a stack writes lives below it; git ignores it. `ANTRE_DATA` names another folder, for a second stack from the
 * same clone.
 */
export const dataFolder = resolve(process.env['ANTRE_DATA'] || join(repositoryFolder, '.data'));

/** Programs that were fetched or unpacked once, for every stack of this clone. */
export const programFolder = join(repositoryFolder, '.data/system');
