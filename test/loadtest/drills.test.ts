import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { drills } from '../../loadtest/drills/catalogue.ts';
import { documentOf } from '../../loadtest/drills/document.ts';
import { type DrillRun, failureOf } from '../../loadtest/drills/drill.ts';
import { type Asked, argumentsOf, readOptions } from '../../loadtest/drills/options.ts';
import { edited } from '../../loadtest/drills/world/mutants.ts';
import { placeOrders } from '../../loadtest/drills/sale/buyers.ts';
import type { TestEvent } from '../../testkit/factories.ts';
import { createStrikes } from '../../loadtest/drills/sale/strikes.ts';

const run = (given: Partial<DrillRun>): DrillRun => ({
  variant: 'fault',
  seed: 1,
  seconds: 10,
  proofs: [{ what: 'worker killed', times: 2 }],
  rows: [],
  faults: [],
  facts: {},
  ...given,
});

test('a run fails on a broken claim, on an injected fault without proof, and on a mutant that is not detected', () => {
  expect(failureOf(run({}))).toBeUndefined();
  expect(failureOf(run({ faults: ['one order is missing'] }))).toBe('one order is missing');
  expect(failureOf(run({ proofs: [] }))).toMatch(/^void/);
  expect(failureOf(run({ proofs: [], faults: ['one order is missing'] }))).toMatch(/^one order is missing; void/);
  expect(failureOf(run({ proofs: [{ what: 'worker killed', times: 0 }] }))).toMatch(/^void.*worker killed/);
  expect(failureOf(run({ variant: 'mutant' }))).toBe('the removed guard was not noticed');
  expect(failureOf(run({ variant: 'mutant', faults: ['one order is missing'] }))).toBeUndefined();
  expect(failureOf(run({ variant: 'control', proofs: [] }))).toBeUndefined();
  expect(failureOf(run({ variant: 'control', proofs: [], faults: ['slow'] }))).toBe('slow');
});

test('a message may come twice only if its first copy was accepted while a fault was injected', () => {
  const strikes = createStrikes();
  strikes.note('worker killed', 100_000, 101_000);
  expect(strikes.mayRepeat(99_500)).toBe(true);
  expect(strikes.mayRepeat(100_500)).toBe(true);
  expect(strikes.mayRepeat(96_000)).toBe(false);
  expect(strikes.mayRepeat(101_500)).toBe(false);
  strikes.expect('queue emptied');
  expect(strikes.proofs).toEqual([
    { what: 'worker killed', times: 1 },
    { what: 'queue emptied', times: 0 },
  ]);
});

test('without arguments all drills run at their full size; unknown arguments print the usage', () => {
  const known = { one: { fault: 'a' }, two: { fault: 'b' } };
  const asked = readOptions([], known, ['api']);
  expect(asked).toMatchObject({ names: ['one', 'two'], options: { seeds: [1], control: true, mutant: true } });
  expect(asked).toMatchObject({ options: { orders: undefined, minutes: undefined } });
  const some = readOptions(
    ['two', '--orders', '50', '--minutes', '0.5', '--seed', '7', '--seeds', '2', '--no-mutant'],
    known,
    [],
  );
  expect(some).toMatchObject({ names: ['two'], options: { orders: 50, minutes: 0.5, seeds: [7, 8], mutant: false } });
  expect(readOptions(['--help'], known, [])).toBe('help');
  expect(() => readOptions(['three'], known, [])).toThrow(/There is no drill "three"\.[^]*two/);
  expect(() => readOptions(['--orders', '1.5'], known, [])).toThrow('--orders takes a whole number');
  expect(() => readOptions(['--seeds', '0'], known, [])).toThrow('--seeds takes a number above 0, at most 100');
  expect(() => readOptions(['--parts', 'door'], known, ['api'])).toThrow('--parts takes api');
});

test('the large set runs without controls, each drill within its time, all within three quarters of an hour', () => {
  const asked = readOptions(['--large'], drills, ['api']) as Asked;
  expect(asked.names).toContain('worker-kills');
  expect(asked.names.filter((name) => drills[name] === undefined)).toEqual([]);
  expect(asked.options).toMatchObject({ orders: undefined, control: false, mutant: false });
  const minutes = asked.names.map((name) => asked.limitsOf(name).minutes);
  expect(minutes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(45);
});

test('the large set can be cut to the drills that are named, and refuses a drill that has no large size', () => {
  expect((readOptions(['chaos', 'backlog', '--large'], drills, ['api']) as Asked).names).toEqual(['chaos', 'backlog']);
  expect(() => readOptions(['matrix', '--large'], drills, ['api'])).toThrow(/"matrix" has no large size/);
});

test('a drill that runs in a process of its own is asked for what was asked of the command', () => {
  const given = ['chaos', '--orders', '50', '--minutes', '0.5', '--seed', '7', '--seeds', '2', '--no-mutant'];
  const { options } = readOptions(given, drills, ['api', 'worker']) as Asked;
  const again = readOptions(['chaos', ...argumentsOf(options), '--here'], drills, ['api', 'worker']) as Asked;
  expect(again).toMatchObject({ names: ['chaos'], isHere: true, options });
  const { options: full } = readOptions(['chaos', '--large'], drills, ['api']) as Asked;
  expect(readOptions(['chaos', ...argumentsOf(full), '--here'], drills, ['api'])).toMatchObject({
    names: ['chaos'],
    options: full,
  });
});

test('the document lists every drill, and says what failed', () => {
  const text = documentOf(drills, [
    {
      name: 'worker-kills',
      isLarge: false,
      does: '',
      fault: '',
      proof: '',
      holds: '',
      at: '2026-11-28T10:00:00.000Z',
      machine: '2 cores',
      runs: [run({ faults: ['one order is missing'] })],
    },
    {
      name: 'worker-kills',
      isLarge: true,
      does: '',
      fault: '',
      proof: '',
      holds: '',
      at: '2026-11-29T10:00:00.000Z',
      machine: '2 cores',
      runs: [run({})],
    },
  ]);
  for (const name of Object.keys(drills)) expect(text).toContain(`## ${name}\n`);
  const table = text.split('\n').filter((line) => line.startsWith('| [`'));
  expect(table).toHaveLength(Object.keys(drills).length);
  expect(table.filter((line) => /\|\s*\|/.test(line))).toEqual([]);
  expect(text).toContain('**FAILED: one order is missing**');
  expect(text).toContain('Run on 2026-11-28 10:00 UTC');
  expect(text).toContain('At full size. Run on 2026-11-29 10:00 UTC');
});

test('the document keeps what it said of drills that have not run on this machine since', () => {
  const written = readFileSync('docs/measurements/drills.md', 'utf8');
  expect(documentOf(drills, [], written)).toBe(written);
  const result = { name: 'restore', isLarge: false, does: '', fault: '', proof: '', holds: '', machine: '2 cores' };
  const later = documentOf(drills, [{ ...result, at: '2027-01-02T03:04:05.000Z', runs: [run({})] }], written);
  expect(later.split('\n## restore\n')[1]).toMatch(/^\n.*\n\nRun on 2027-01-02 03:04 UTC, 2 cores\./);
  const others = (text: string) => text.split(/\n(?=## )/).filter((section) => !section.startsWith('## restore\n'));
  expect(others(later)).toEqual(others(written));
});

test('every mutant still finds the guard that it removes', () => {
  const mutants = Object.values(drills).map(({ mutant }) => mutant);
  expect(mutants.length).toBeGreaterThan(5);
  for (const { edits } of mutants)
    for (const edit of edits) expect(edited(edit.file, [edit])).not.toBe(readFileSync(edit.file, 'utf8'));
});

test('buyers of a mutant wait for no order that is lost for sure, and those who may still get theirs ask again', async () => {
  const answers = [503, 500, 500];
  const server = createServer((_request, response) => response.writeHead(answers.shift() ?? 500).end('{}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sale = { id: 'evt', slug: 'sale', categories: [{ id: 'cat' }] } as unknown as TestEvent;
  const given = { url, sale, orders: 1, seconds: 0.01, seed: 1, random: () => 0, enough: 'loss' as const };
  const [bought] = await placeOrders(given);
  server.closeAllConnections();
  server.close();
  expect(bought).toMatchObject({ gaveUp: true, failures: 2, ids: [] });
  expect(answers).toEqual([500]);
});

/** The short set: one drill at a small size. The others run at night. */
test('orders whose connection is cut after COMMIT are there once, paid and mailed', { timeout: 120_000 }, async () => {
  const { options } = readOptions(
    ['commit-cut', '--orders', '40', '--minutes', '0.05', '--no-control', '--no-mutant'],
    drills,
    [],
  ) as Asked;
  const runs = (await drills['commit-cut']?.run(options)) ?? [];
  expect(runs).toHaveLength(1);
  for (const one of runs) expect(failureOf(one)).toBeUndefined();
});

test('each night has twenty seeds that the nights before did not have, and small runs', () => {
  const dayMs = 86_400_000;
  const known = { one: { fault: 'a' } };
  const asked = (day: number, ...more: string[]) =>
    readOptions(['--nightly', ...more], known, [], day * dayMs) as Asked;
  expect(asked(20_000).options).toMatchObject({
    orders: 200,
    minutes: 0.3,
    control: true,
    mutant: true,
    isLarge: false,
  });
  const nights = Array.from({ length: 49 }, (_, night) => asked(20_000 + night).options.seeds);
  expect(new Set(nights.flat()).size).toBe(49 * 20);
  expect(Math.max(...nights.flat())).toBeLessThanOrEqual(999);
  expect(asked(20_000, '--seeds', '2', '--orders', '50').options).toMatchObject({ orders: 50 });
  expect(asked(20_000, '--seed', '7', '--seeds', '2').options.seeds).toEqual([7, 8]);
  expect(() => asked(20_000, '--large')).toThrow('two sets');
});

test('every drill has a job in the nightly workflow, so that none is forgotten', () => {
  const workflow = parse(readFileSync('.github/workflows/nightly.yml', 'utf8')) as {
    jobs: { drills: { strategy: { matrix: { drill: string[] } }; steps: { run?: string }[] } };
  };
  const { strategy, steps } = workflow.jobs.drills;
  expect(strategy.matrix.drill).toEqual(Object.keys(drills));
  expect(steps.map(({ run: command }) => command).join('\n')).toContain('npm run drills -- "$DRILL" --nightly');
});
