import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { changing, drills, longest, stacks, unitTests } from './tiers.ts';

/** The tier of a test file follows from what the file needs. */

const filesOf = (patterns: readonly string[]) => patterns.flatMap((pattern) => globSync(pattern));
const unit = filesOf(unitTests);
const ofStacks = filesOf(stacks);
const drill = [...filesOf(drills), ...ofStacks];
const all = globSync('test/**/*.test.ts');

const services = ['testkit/services/stack.ts'];
const starters = [
  'testkit/processes/api-process.ts',
  'testkit/processes/browser.ts',
  'testkit/services/own-postgres.ts',
  'testkit/services/own-redis.ts',
  'testkit/services/redis-topologies.ts',
  'deploy/local/services/start-services.ts',
];

const importsOf = new Map<string, readonly string[]>();

/** The files of this repository that a file imports; types are not loaded, so they do not count. */
function directImports(path: string): readonly string[] {
  const known = importsOf.get(path);
  if (known !== undefined) return known;
  const statements = readFileSync(path, 'utf8').matchAll(
    /^(?:import|export)(?! type)[^;']*?'(\.[^']+)'|import\('(\.[^']+)'\)/gm,
  );
  const found = [...statements]
    .map(([, one, other]) => join(dirname(path), one ?? other ?? ''))
    .filter((target) => /\.(ts|mjs)$/.test(target) && existsSync(target));
  importsOf.set(path, found);
  return found;
}

function reachedFrom(path: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [path];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const target of directImports(next).filter((one) => !reached.has(one))) {
      reached.add(target);
      open.push(target);
    }
  }
  return reached;
}

const reaching = (paths: readonly string[], targets: readonly string[]) =>
  paths.filter((path) => {
    const reached = reachedFrom(path);
    return targets.some((target) => reached.has(target));
  });

test('each list names files that exist, and no file is in two', () => {
  expect([...unitTests, ...drills, ...stacks, ...changing].filter((pattern) => globSync(pattern).length === 0)).toEqual(
    [],
  );
  const listed = [...unit, ...drill, ...filesOf(changing)];
  expect(listed.filter((path, at) => listed.indexOf(path) !== at)).toEqual([]);
});

test('the longest files exist, and are no unit tests, which take seconds', () => {
  expect(longest.filter((path) => !all.includes(path) || unit.includes(path))).toEqual([]);
});

test('the files and modules that the rules name exist', () => {
  expect([...services, ...starters].filter((path) => !existsSync(path))).toEqual([]);
  expect(reaching(['test/orders/pools.test.ts'], services)).toEqual(['test/orders/pools.test.ts']);
  expect(reaching(['test/web/browser.test.ts'], starters)).toEqual(['test/web/browser.test.ts']);
});

test('whatever changes a module of the product has a worker of its own', () => {
  expect(all.filter((path) => /\bvi\s*\.(mock|doMock|resetModules)\(/.test(readFileSync(path, 'utf8')))).toEqual([]);
  expect(reaching(all, ['test/payments/support/add-dry-run.ts'])).toEqual(filesOf(changing));
});

test('a unit test reaches no service, and a test of stacks none that is shared', () => {
  expect(reaching(unit, [...services, ...starters])).toEqual([]);
  expect(reaching(ofStacks, services)).toEqual([]);
});

test('whatever starts a process, a browser or a server of its own is a drill', () => {
  const others = all.filter((path) => !drill.includes(path));
  expect(reaching(others, starters)).toEqual([]);
  const spawning = others.filter(
    (path) => path !== 'test/tidy.test.ts' && /^import .* from 'node:child_process'/m.test(readFileSync(path, 'utf8')),
  );
  expect(spawning).toEqual([]);
});
