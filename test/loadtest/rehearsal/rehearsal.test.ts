import { execFile, spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLedger } from '../../../deploy/local/host/ledger.ts';
import { repositoryFolder } from '../../../deploy/local/places.ts';
import { at, listOf, request } from '../../../loadtest/demo/http.ts';
import { createBuyers } from '../../../loadtest/rehearsal/stages/buyers.ts';
import { copyEvent, endCopy, findEvent } from '../../../loadtest/rehearsal/copies/copy-event.ts';
import { type RehearsalStack, stackOf } from '../../../loadtest/rehearsal/stages/find-stack.ts';
import { signIn } from '../../../loadtest/rehearsal/copies/organizer.ts';
import { fillRoom, findRoom, letIn, planRoom } from '../../../loadtest/rehearsal/opening/room-opening.ts';
import { type OwnStack, startOwnStack } from '../../deploy/support/own-stack.ts';
import { type RehearseProgram, bundleRehearse } from '../support/rehearse-program.ts';

/** A small rehearsal on a stack of its own, as an organiser runs it. */

const startDeadlineMs = 180_000;
const rehearsalDeadlineMs = 240_000;
const slug = 'senja-di-selatan';
const roomSlug = 'gita-semesta';
const run = promisify(execFile);

let stack: OwnStack;
let program: RehearseProgram;
beforeAll(async () => {
  program = await bundleRehearse('here');
  stack = await startOwnStack('rehearsal', []);
}, startDeadlineMs);
afterAll(async () => {
  program?.close();
  await stack?.close();
}, startDeadlineMs);

const rehearse = (...args: string[]) =>
  run(process.execPath, [program.file, ...args], {
    env: stack.commandEnvironment,
    cwd: repositoryFolder,
    timeout: rehearsalDeadlineMs,
  });

/** The stack as the command finds it. */
function rehearsalStack(): RehearsalStack {
  return stackOf(stack.environment, readLedger(join(stack.folder, 'stack.json'))?.children ?? []);
}

/** Slugs of the copies that the command has made and not ended. */
async function copiesOnSale(): Promise<string[]> {
  const { body } = await request(`${stack.environment['API_URL']}/v1/events?limit=100`);
  return listOf(body)
    .filter((event) => at(event, 'status') === 'published')
    .map((event) => String(at(event, 'slug')))
    .filter((one) => /^rehearsal-\w+-(rates|opening|room)$/.test(one));
}

// Most of the time of a room is waiting: for joins, for the beacon, for the opening. The command is tried meanwhile.
describe.concurrent('a waiting room that is rehearsed', () => {
  test('people of an event with a waiting room join, are drawn, and order as they are called', {
    timeout: rehearsalDeadlineMs,
  }, async () => {
    const people = 40;
    const where = rehearsalStack();
    const organizer = await signIn(where.url, undefined);
    const event = await findEvent(organizer, roomSlug);
    const room = await findRoom(organizer, event.id);
    expect(room).toMatchObject({ rateMax: expect.any(Number) });
    const given = { slug: 'rehearsal-of-a-room', endless: false, withGuests: false, onCreated: () => {} };
    const copy = await copyEvent(organizer, event, given);
    try {
      const deps = { stack: where, organizer, buyers: createBuyers({ run: 'room', doorToken: '', to: where.port }) };
      await planRoom(organizer, copy, { rateMax: 10, turnSeconds: 60, passSeconds: 600, stays: false });
      const { joins, line } = await fillRoom(deps, copy, people);
      expect(joins.statuses).toEqual({ 201: people });
      expect(new Set(line.map(({ person }) => person.number)).size).toBe(people);
      const seen = await letIn(deps, copy, { line, rateMax: 10, seconds: 3 });
      expect(seen).toMatchObject({ statuses: { 201: 30 }, unexplained: 0 });
      expect(await organizer.send('GET', `/events/${copy.id}/waiting-room`)).toMatchObject({ orders: 30 });
    } finally {
      expect(await endCopy(organizer, copy)).toContain('is called off');
      await organizer.signOut();
    }
  });
});

describe.concurrent('the command', () => {
  const inTurn = { concurrent: false, timeout: rehearsalDeadlineMs } as const;

  test('an event that does not exist is refused, and nothing is copied', inTurn, async () => {
    const failed = await rehearse('--event', 'no-such-event', '--people', '100').catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 2, stderr: 'demo has no event "no-such-event".\n' });
    expect(await copiesOnSale()).toEqual([]);
  });

  test('a small sale is rehearsed, judged on one page, and its copies are called off', inTurn, async () => {
    const before = await request(`${stack.environment['API_URL']}/v1/events/${slug}/availability`);
    const { stdout } = await rehearse('--event', slug, '--people', '100', '--seconds', '2', '--opening', '20');
    expect(stdout).toMatch(/^# Rehearsal of .*: 100 people$/m);
    expect(stdout).toContain('100 people make up to 17 requests a second');
    expect(stdout).toContain('The audit is clean');
    const [, orders, paid] = /: (\d+) orders, (\d+) paid/.exec(stdout) ?? [];
    expect(Number(orders)).toBeGreaterThan(0);
    expect(Number(paid)).toBeGreaterThan(0);
    expect(stdout.match(/is called off/g)).toHaveLength(2);
    expect(await copiesOnSale()).toEqual([]);
    const after = await request(`${stack.environment['API_URL']}/v1/events/${slug}/availability`);
    expect(listOf(after.body)).toEqual(listOf(before.body));
    const folder = join(stack.folder, 'rehearsal');
    const files = readdirSync(folder);
    const page = files.find((name) => name.endsWith('.md'));
    expect(page).toMatch(new RegExp(`^${slug}-\\d{4}-\\d\\d-\\d\\dT`));
    expect(stdout).toContain(readFileSync(join(folder, page ?? ''), 'utf8'));
    expect(readFileSync(join(folder, files.find((name) => name.endsWith('.svg')) ?? ''), 'utf8')).toContain('<svg');
  });

  test('Ctrl-C ends a rehearsal and its copies', inTurn, async () => {
    const command = ['loadtest/rehearse.ts', '--event', slug, '--people', '100'];
    const running = spawn(process.execPath, [...process.execArgv, ...command], {
      env: stack.commandEnvironment,
      cwd: repositoryFolder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    running.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
    const ended = new Promise<number | null>((resolve) => running.once('exit', resolve));
    await expect.poll(() => said, { timeout: 60_000 }).toContain('100 people make up to');
    expect(await copiesOnSale()).toHaveLength(2);
    running.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(said).toContain('interrupted; stopping');
    expect(await copiesOnSale()).toEqual([]);
  });
});
