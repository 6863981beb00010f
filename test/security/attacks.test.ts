import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readOperations } from '../../testkit/security/operations.ts';
import { createRoutes } from '../../src/api-routes.ts';
import { gatewayPlugins } from '../../src/payments/index.ts';
import { createLog } from '../../src/platform/log.ts';
import type { Service } from '../../src/compose.ts';

/** Holds `docs/attacks.md` to the tests that it names, and tries the attacks that no other file tries. */

const document = readFileSync('docs/attacks.md', 'utf8');
const attacks = 67;

test('every attack has a row', () => {
  const named = new Set([...document.matchAll(/\bS(\d\d)\b/g)].map(([name]) => name));
  const expected = Array.from({ length: attacks }, (_, index) => `S${String(index + 1).padStart(2, '0')}`);
  expect([...named].toSorted()).toEqual(expected);
});

test('every test that a row names exists under this title', () => {
  const named = [...document.matchAll(/\| `(test\/[^`]+\.test\.ts)`: `(.+)` \|$/gm)];
  expect(named.length).toBeGreaterThan(50);
  const missing = named.filter(([, file = '', title = '']) => !existsSync(file) || !holds(file, title));
  expect(missing.map(([row]) => row)).toEqual([]);
});

/** A title may stand in quotes of any kind. */
function holds(file: string, title: string): boolean {
  const text = readFileSync(file, 'utf8');
  return ["'", '"', '`'].some((quote) => text.includes(`${quote}${title}${quote}`));
}

test('the router has no operation that the contract does not publish', () => {
  const one: unknown = new Proxy(() => one, {
    get: (_, name) => (typeof name === 'symbol' || name === 'then' ? undefined : one),
    apply: () => one,
  });
  const published = new Set(
    readOperations().map(({ method, path }) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  const routed = createRoutes(one as Service)
    .routes.filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`);
  expect(routed.length).toBeGreaterThan(100);
  // In the gateways' own formats, which they publish.
  const callbacks = gatewayPlugins.map(({ name }) => `POST /v1/callbacks/${name}/:organizerSlug`);
  expect([...new Set(routed)].filter((route) => !published.has(route))).toEqual(callbacks);
});

test('a line break that somebody typed makes no second log line', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', process: 'test', output: { write: (line) => void lines.push(line) } });
  const typed = 'gate\r\n{"level":"error","msg":"forged"}\u001b[31m\u2028';
  log.info({ gate: typed }, 'scanned');
  expect(lines.join('').trimEnd().split('\n')).toHaveLength(1);
  expect((JSON.parse(lines.join('')) as { gate: string; msg: string }).gate).toBe(typed);
  expect(lines.join('')).not.toContain('\u001b');
});

test('no file of the repository holds a key or token but those of the demo and of tests', () => {
  const secrets = new RegExp(
    [
      '-----BEGIN [A-Z ]*PRIVATE KEY-----\\s+[A-Za-z0-9+/]{40}',
      '\\bAKIA[0-9A-Z]{16}\\b',
      '\\bgh[pousr]_[A-Za-z0-9]{36}\\b',
      '\\bxox[abprs]-[A-Za-z0-9-]{20}',
      '\\bsk_live_[A-Za-z0-9]{16}',
      '\\bAIza[0-9A-Za-z_-]{35}\\b',
      '\\bMid-server-(?!demo-only-|EXAMPLE)[A-Za-z0-9_-]{16}',
    ].join('|'),
  );
  const files = globSync('**/*', { exclude: ['node_modules', '.data', '.git'], withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(?:png|jpg|jpeg|webp|avif|woff2|ico|pdf)$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name));
  expect(files.length).toBeGreaterThan(1000);
  expect(files.filter((file) => secrets.test(readFileSync(file, 'utf8')))).toEqual([]);
  expect(`AKIA${'A'.repeat(16)}`).toMatch(secrets);
  expect(`SB-Mid-server-${'aB3_'.repeat(5)}`).toMatch(secrets);
});
