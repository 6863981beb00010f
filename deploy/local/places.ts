import { join, resolve } from 'node:path';

/** The folder that holds package.json. */
export const repositoryFolder = resolve(import.meta.dirname, '../..');

/**
 * The folder for everything that a stack writes; git ignores it. `ANTRE_DATA` names another folder, for a second stack of
 * this clone.
 */
export const dataFolder = resolve(process.env['ANTRE_DATA'] || join(repositoryFolder, '.data'));

/** Programs that were downloaded or unpacked once, for all stacks of this clone. */
export const programFolder = join(repositoryFolder, '.data/system');
