import { writeFileSync } from 'node:fs';
import { apiTypesFile } from '../local/places.ts';
import { apiTypesText } from './api-types.ts';
import { readContract } from './contract.ts';
import { takeNoArguments } from '../local/no-arguments.ts';

/** `npm run api:types`: what the contract says as types, for the pages of the desk. `npm run check` tells when it is stale. */
takeNoArguments('api:types', 'Writes the types of the contract for the pages of the desk.');

writeFileSync(apiTypesFile, apiTypesText(readContract()));
console.log(`written to ${apiTypesFile}`);
