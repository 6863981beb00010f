import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

/** Guards that Docker Compose understands `deploy/compose.yaml`: by the schema of its specification, in which no field is misspelt. */

const schema = JSON.parse(readFileSync('test/deploy/support/compose-spec.json', 'utf8')) as object;
const text = readFileSync('deploy/compose.yaml', 'utf8');
// The specification uses formats and keywords of its own.
const validate = new Ajv2020({ strict: false, validateFormats: false, allErrors: true }).compile(schema);

function faultsOf(yaml: string): string[] {
  validate(parse(yaml, { merge: true }));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test('the file fits the schema', () => {
  expect(faultsOf(text)).toEqual([]);
});

test.each([
  ['a misspelt field', 'read_only: true', 'readonly: true', '/services/api must NOT have unevaluated properties'],
  ['a field of another type', 'init: true', 'init: [yes]', '/services/api/init must be'],
  ['an unknown section', 'volumes: {', 'disks: {', ' must NOT have additional properties'],
])('control: with %s it does not', (_fault, right, wrong, fault) => {
  expect(text).toContain(right);
  expect(faultsOf(text.replace(right, wrong)).join('\n')).toContain(fault);
});

test('only the edge is reachable from other machines, and pages of operators only from this one', () => {
  const { services } = parse(text, { merge: true }) as { services: Record<string, { ports?: string[] }> };
  const published = Object.entries(services).flatMap(([name, { ports = [] }]) => ports.map((one) => `${name} ${one}`));
  expect(published.filter((one) => !one.includes(' 127.0.0.1:'))).toEqual(['edge 80:80', 'edge 443:443']);
});
