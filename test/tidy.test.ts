import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** The rules of `docs/architecture.md` that no linter has. Imports are checked by `deploy/local/architecture.mjs`, lengths by oxlint. */

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(path));
const code = tracked.filter((path) => /\.(ts|mjs|js)$/.test(path));
const textOf = (path: string) => readFileSync(path, 'utf8');

/** The room of a file in `src`, or undefined for the files that know everyone. */
function roomOf(path: string): string | undefined {
  return /^src\/([a-z-]+)\//.exec(path)?.[1];
}

test('the environment is read in one place', () => {
  const readers =
    /^(src\/config\.ts|src\/main\.ts|workers\/(main|dead-letters)\.ts|src\/cli\/|drizzle\/|deploy\/local\/|deploy\/pgbouncer\/|sandbox\/|testkit\/|loadtest\/|test\/|vitest\.config\.ts)/;
  expect(code.filter((path) => /process\.env/.test(textOf(path)) && !readers.test(path))).toEqual([]);
});

test('time in acts is a capability', () => {
  const clocks =
    /^(src\/web\/client\/|src\/platform\/|src\/http\/|workers\/|src\/cli\/|src\/traffic-control\/|src\/client\/)/;
  const wrong = code.filter(
    (path) => path.startsWith('src/') && !clocks.test(path) && /Date\.now\(\)|new Date\(\)/.test(textOf(path)),
  );
  expect(wrong).toEqual([]);
});

test('no TODO, no switched-off rule and no skipped test remains', () => {
  const marks = /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|nocheck|expect-error)|\.(only|skip|todo)\(/;
  const wrong = code.filter((path) => path !== 'test/tidy.test.ts' && marks.test(textOf(path)));
  expect(wrong).toEqual([]);
});

test('each table is written by one room', () => {
  expect(tableOf.size).toBeGreaterThan(30);
  const writers = new Map<string, Set<string>>();
  for (const path of code.filter((file) => file.startsWith('src/') && !file.includes('/invariants'))) {
    const room = roomOf(path);
    if (room === undefined || room === 'platform' || room === 'cli') continue;
    const text = textOf(path);
    const bySql = [...text.matchAll(/\b(?:insert into|update|delete from)\s+([a-z_]+)\b(?!\()/g)];
    const byDrizzle = [...text.matchAll(/\.(?:insert|update|delete)\((\w+)\)/g)];
    const written = [
      ...bySql.map((match) => match[1] ?? '').filter((table) => tableNames.has(table)),
      ...byDrizzle.flatMap((match) => tableOf.get(match[1] ?? '') ?? []),
    ];
    for (const table of written) writers.set(table, (writers.get(table) ?? new Set()).add(room));
  }
  expect([...writers].filter(([, rooms]) => rooms.size > 1)).toEqual([]);
});
/** Tables by the name that code gives them. */
const tableOf = new Map(
  code
    .filter((path) => /^src\/.*tables\.ts$/.test(path))
    .flatMap((path) =>
      [...textOf(path).matchAll(/export const (\w+) = pgTable\(\s*'(\w+)'/g)].map((match): [string, string] => [
        match[1] ?? '',
        match[2] ?? '',
      ]),
    ),
);
const tableNames = new Set(
  tracked
    .filter((path) => /^drizzle\/\d{4}_.*\.sql$/.test(path))
    .flatMap((path) => [...textOf(path).matchAll(/create table (\w+)/g)].map((match) => match[1] ?? '')),
);

test('each act that stages due jobs tells its commit', () => {
  const functions = tracked
    .filter((path) => /^drizzle\/functions\/.*\.sql$/.test(path))
    .map((path) => {
      const [, name = '', body = ''] =
        /create or replace function (\w+)(.*)/s.exec(textOf(path).replaceAll(/--.*/g, '')) ?? [];
      return { name, body };
    });
  const insertsDueJobs = /insert into outbox \((?![^)]*available_at)/;
  const calls = (text: string, names: Iterable<string>) =>
    [...names].some((name) => new RegExp(String.raw`\b${name}\(`).test(text));
  const staging = new Set(functions.filter(({ body }) => insertsDueJobs.test(body)).map(({ name }) => name));
  for (let known = 0; known < staging.size; ) {
    known = staging.size;
    for (const { name, body } of functions) if (calls(body, staging)) staging.add(name);
  }
  expect(staging.size).toBeGreaterThan(8);
  const acts = code.filter((path) => {
    const text = /^(src|workers)\/.*\.ts$/.test(path) ? textOf(path) : '';
    return insertsDueJobs.test(text) || calls(text, staging);
  });
  expect(acts.length).toBeGreaterThan(5);
  expect(acts.filter((path) => !/\btellStaged\(/.test(textOf(path)))).toEqual([]);
});

test('documents cite paths that exist', () => {
  const cited = tracked
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) =>
      [
        ...textOf(path).matchAll(/`((?:src|workers|drizzle|sandbox|testkit|loadtest|deploy|test|docs)\/[\w./-]*\w)`/g),
      ].map((match) => ({
        path,
        target: match[1] ?? '',
      })),
    );
  expect(cited.filter(({ target }) => !existsSync(target) && !target.startsWith('loadtest/results'))).toEqual([]);
});

test('documents name commands that exist', () => {
  const scripts: Record<string, string> = JSON.parse(textOf('package.json')).scripts;
  const named = tracked
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) =>
      [...textOf(path).matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)].map((match) => match[1] ?? ''),
    );
  expect(named.length).toBeGreaterThan(10);
  expect([...new Set(named)].filter((name) => scripts[name] === undefined)).toEqual([]);
});

test('no package-registry addresses and no paths of a machine', () => {
  const wrong = tracked.filter((path) => {
    if (!/\.(ts|mjs|js|json|md|sql|sh|yaml|yml|conf|html|css)$|^[^.]+$/.test(path) || path === 'test/tidy.test.ts')
      return false;
    return /registry\.npmjs|"resolved":|\/work\/main|"\/root\//.test(textOf(path));
  });
  expect(wrong).toEqual([]);
});

test('versions are pinned exactly', () => {
  const manifest: Record<string, Record<string, string>> = JSON.parse(textOf('package.json'));
  const all = Object.entries({
    ...manifest['dependencies'],
    ...manifest['devDependencies'],
    ...manifest['optionalDependencies'],
  });
  expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+/.test(version))).toEqual([]);
});
