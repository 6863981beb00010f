import { writeFileSync } from 'node:fs';
import { apiTypesFile } from '../local/places.ts';
import { apiTypesText } from './api-types.ts';
import { takeNoArguments } from '../local/no-arguments.ts';

/** `npm run api:types`: what the contract says as types, for the pages of the desk. `npm run check` tells when it is stale. */
takeNoArguments('api:types', 'Writes the types of the contract for the pages of the desk.');

// Loads the whole service, which takes seconds.
const { readContract } = await import('./contract.ts');
writeFileSync(apiTypesFile, apiTypesText(readContract()));
console.log(`written to ${apiTypesFile}`);
