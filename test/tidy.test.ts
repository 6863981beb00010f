import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

/** The architecture of `docs/architecture.md`, as a test. What a linter checks (cycles, lengths, promises) is left to it. */

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(path));
const code = tracked.filter((path) => /\.(ts|mjs|js)$/.test(path));
const textOf = (path: string) => readFileSync(path, 'utf8');

type Import = { readonly from: string; readonly to: string; readonly typeOnly: boolean };

const imports: Import[] = code.flatMap((from) =>
  [...textOf(from).matchAll(/^(?:import|export)\s+(type\s+)?[^'";]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm)].map(
    (match) => {
      const target = match[2] ?? match[3] ?? '';
      return {
        from,
        to: target.startsWith('.') ? normalize(join(dirname(from), target)) : target,
        typeOnly: match[1] !== undefined,
      };
    },
  ),
);

/** The room of a file in `src`, or undefined for the files that know everyone. */
function roomOf(path: string): string | undefined {
  return /^src\/([a-z-]+)\//.exec(path)?.[1];
}

const everyRoom = ['platform', 'http', 'access'];
/** What each room may know besides itself, platform, and (at its edge) http and access. */
const knows: Record<string, readonly string[]> = {
  platform: [],
  http: ['platform'],
  access: everyRoom,
  catalog: everyRoom,
  'traffic-control': everyRoom,
  orders: [...everyRoom, 'catalog'],
  'waiting-room': [...everyRoom, 'catalog'],
  payments: [...everyRoom, 'catalog', 'orders'],
  'check-in': [...everyRoom, 'catalog', 'orders'],
  notifications: [...everyRoom, 'catalog', 'orders'],
  live: [...everyRoom, 'catalog', 'orders'],
  reports: [...everyRoom, 'catalog', 'orders'],
  web: [...everyRoom, 'catalog', 'orders'],
  // It runs at others' places, with nothing of the service.
  client: [],
};

test('knowledge flows one way', () => {
  const wrong = imports.filter(({ from, to }) => {
    const [room, target] = [roomOf(from), roomOf(to)];
    if (room === undefined || room === 'cli' || target === undefined || room === target) return false;
    return !(knows[room] ?? []).includes(target);
  });
  expect(wrong).toEqual([]);
});

test('another room is entered by its index or by what it publishes: tables, jobs, errors, schemas, the edges of access', () => {
  const doors =
    /\/(index|tables|jobs|errors|schemas|actor|actors|middleware|audit|order-token|order-access|credential|buyer-key|buyer-token)\.ts$/;
  const wrong = imports.filter(({ from, to, typeOnly }) => {
    const [room, target] = [roomOf(from), roomOf(to)];
    if (
      room === undefined ||
      room === 'cli' ||
      target === undefined ||
      room === target ||
      target === 'platform' ||
      target === 'http'
    )
      return false;
    return !typeOnly && !doors.test(to);
  });
  expect(wrong).toEqual([]);
});

const only = (name: string, library: RegExp, allowed: RegExp) =>
  test(name, () => {
    const wrong = imports.filter(
      ({ from, to, typeOnly }) => !typeOnly && /^(src|workers)\//.test(from) && library.test(to) && !allowed.test(from),
    );
    expect(wrong).toEqual([]);
  });

only(
  'only edges know Hono',
  /^(hono|@hono\/)/,
  /^src\/(http|web)\/|^src\/(app|client)\.ts$|^src\/[a-z-]+\/(?:[a-z-]+\/)?[a-z-]*(routes|middleware|schemas|order-access|session-cookie|client-network|receive)[a-z-]*\.ts$/,
);
only(
  'only queries, tables, invariants and the platform know drizzle',
  /^drizzle-orm/,
  /^src\/platform\/|^src\/([a-z-]+)\/(?:[a-z-]+\/)?[a-z-]*(queries|tables|invariants|stock)[a-z-]*\.ts$/,
);
only('BullMQ lives in workers', /^bullmq/, /^workers\//);
only('the driver of Postgres lives in the platform', /^postgres$/, /^src\/platform\//);

test('the environment is read in one place', () => {
  const readers =
    /^(src\/config\.ts|src\/main\.ts|workers\/(main|dead-letters)\.ts|src\/cli\/|drizzle\/|deploy\/local\/|loadtest\/|test\/|vitest\.config\.ts)/;
  expect(code.filter((path) => /process\.env/.test(textOf(path)) && !readers.test(path))).toEqual([]);
});

test('time in acts is a capability', () => {
  const clocks =
    /^(src\/web\/browser\/|src\/platform\/|src\/http\/|workers\/|src\/cli\/|src\/traffic-control\/|src\/client\/)/;
  const wrong = code.filter(
    (path) => path.startsWith('src/') && !clocks.test(path) && /Date\.now\(\)|new Date\(\)/.test(textOf(path)),
  );
  expect(wrong).toEqual([]);
});

test('nothing is left open, switched off or skipped', () => {
  const marks = /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|nocheck|expect-error)|\.(only|skip|todo)\(/;
  const wrong = code.filter((path) => path !== 'test/tidy.test.ts' && marks.test(textOf(path)));
  expect(wrong).toEqual([]);
});

test('each table is written by one room', () => {
  const writers = new Map<string, Set<string>>();
  for (const path of code.filter((file) => file.startsWith('src/') && !file.includes('/invariants'))) {
    const room = roomOf(path);
    if (room === undefined || room === 'platform' || room === 'cli') continue;
    for (const match of textOf(path).matchAll(/\b(?:insert into|update|delete from)\s+([a-z_]+)\b(?!\()/g)) {
      const table = match[1] ?? '';
      if (!tableNames.has(table)) continue;
      writers.set(table, (writers.get(table) ?? new Set()).add(room));
    }
  }
  expect([...writers].filter(([, rooms]) => rooms.size > 1)).toEqual([]);
});
const tableNames = new Set(
  tracked
    .filter((path) => /^drizzle\/\d{4}_.*\.sql$/.test(path))
    .flatMap((path) => [...textOf(path).matchAll(/create table (\w+)/g)].map((match) => match[1] ?? '')),
);

test('documents cite paths that exist', () => {
  const cited = tracked
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) =>
      [...textOf(path).matchAll(/`((?:src|workers|drizzle|loadtest|deploy|test|docs)\/[\w./-]*\w)`/g)].map((match) => ({
        path,
        target: match[1] ?? '',
      })),
    );
  expect(cited.filter(({ target }) => !existsSync(target) && !target.startsWith('loadtest/results'))).toEqual([]);
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
