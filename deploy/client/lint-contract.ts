import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { apiTypesFile } from '../local/places.ts';
import { apiTypesText } from './api-types.ts';
import { readContract } from './contract.ts';

/** A step of `npm run check`: the published contract by the rules of Redocly, with every example held against its schema. */
const rules = {
  'operation-operationId': 'error',
  'operation-summary': 'error',
  'operation-4xx-response': 'error',
  'security-defined': 'error',
  'no-invalid-media-type-examples': 'error',
  'no-invalid-schema-examples': 'error',
} as const;

const config = await createConfig({ extends: ['recommended'], rules });
const contract = readContract();
const source = JSON.stringify(contract);
const problems = await lintFromString({ source, config, absoluteRef: 'openapi.json' });
for (const { severity, ruleId, message, location } of problems) {
  console.log(`${severity}  ${ruleId}  ${location[0]?.pointer ?? ''}\n       ${message.replaceAll('\n', ' ')}`);
}
const isStale = readFileSync(apiTypesFile, 'utf8') !== apiTypesText(contract);
if (isStale) console.log('src/client/api.d.ts does not say what the contract says: run npm run api:types');
if (problems.length > 0 || isStale) process.exitCode = 1;
