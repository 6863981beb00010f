import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditDraw } from '../../loadtest/audit-draw/audit-draw.ts';
import { readOptions } from '../../loadtest/audit-draw/options.ts';
import { exitCodeOf } from '../../loadtest/audit-draw/verdicts.ts';
import { type Serving, serve } from '../../src/http/server/serve.ts';
import { freezePlaces, placeSalt } from '../../src/waiting-room/draw/index.ts';
import { signPlaceToken } from '../../src/waiting-room/places/place-token.ts';
import { openDrawApp } from '../waiting-room/draw/support/draw-app.ts';
import { type DrawWorld, openDrawWorld, queueTokenSecret } from '../waiting-room/draw/support/draw-world.ts';

/** Guards promise 9: whoever repeats a draw from published data finds it right, and finds every change. */

const leadSeconds = 4;
const places = 1200;
const mine = 777;

let world: DrawWorld;
let app: Awaited<ReturnType<typeof openDrawApp>>;
let serving: Serving;
let event: { id: string; slug: string };
let folder = '';
const leaving: Promise<void>[] = [];

/** One real draw, in real time: rounds and times must belong together. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'antre-audit-draw-'));
  world = await openDrawWorld(leadSeconds);
  app = await openDrawApp(world);
  serving = await serve(app, { host: '127.0.0.1', port: 0, reusePort: false });
  event = await world.room(places, { preQueueIn: '1 second', freezeIn: '2 seconds' });
  await world.owner`update places set voided_at = now() where event_id = ${event.id} and place_index = 5`;
  await until(async () => (await freezePlaces(world.deps(), event.id)) === 'frozen');
  await until(async () => (await world.complete(event.id)) === 'drawn');
  await world.owner`create table kept_draws as select * from draws`;
  await world.owner`create table kept_leaves as select * from draw_leaves`;
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await Promise.all([...leaving, serving.close()]);
  await app.close();
  await world.close();
});
beforeEach(async () => {
  await world.owner`delete from draws`;
  await world.owner`insert into draws select * from kept_draws`;
  await world.owner`delete from draw_leaves`;
  await world.owner`insert into draw_leaves select * from kept_leaves`;
});

async function until(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 200));
}

async function audit(...args: string[]) {
  const options = readOptions([event.slug, ...args], `http://127.0.0.1:${serving.port}`);
  if (options === 'help') throw new Error('no options');
  const { verdicts, distribution } = await auditDraw(options, () => {});
  const wrong = verdicts.filter(({ is }) => is === 'WRONG').map(({ what }) => what);
  return { verdicts, distribution, wrong, exitCode: exitCodeOf(verdicts) };
}

/** A server caches rendered documents, and would not show a change at once. This one is asked for the first time. */
async function auditAnew(...args: string[]) {
  const other = await openDrawApp(world);
  const own = serving;
  serving = await serve(other, { host: '127.0.0.1', port: 0, reusePort: false });
  try {
    return await audit(...args);
  } finally {
    // A server that stops keeps idle connections for half a second. The tests continue meanwhile.
    leaving.push(serving.close().then(() => other.close()));
    serving = own;
  }
}

describe('a draw as it was', () => {
  test('is correct, with its own place and its distribution', async () => {
    const salt = placeSalt(queueTokenSecret, event.id, mine).toString('hex');
    const [row] = await world.owner<{ account_key: string }[]>`
      select account_key from places where event_id = ${event.id} and place_index = ${mine}`;
    const placeToken = signPlaceToken(queueTokenSecret, {
      eventId: event.id,
      placeIndex: mine,
      accountKey: row?.account_key ?? '',
    });
    const { verdicts, wrong, exitCode, distribution } = await audit('--place-token', placeToken, '--salt', salt);
    expect(wrong).toEqual([]);
    expect(exitCode).toBe(0);
    expect(distribution).toContain('joined | drawn');
    const said = verdicts.map(({ what }) => what);
    expect(said).toEqual(
      expect.arrayContaining(['beacon signature', 'root', 'draw key', 'order', `place ${mine}: yours`]),
    );
    const other = placeSalt(queueTokenSecret, event.id, mine + 1).toString('hex');
    expect((await audit('--place-token', placeToken, '--salt', other)).wrong).toEqual([`place ${mine}: yours`]);
  });

  test('shows a place by its index alone, including one that was taken out and one that came later', async () => {
    expect((await audit('--index', '5')).verdicts.map(({ detail }) => detail)).toContainEqual(
      expect.stringContaining('taken out before the freeze'),
    );
    expect((await audit('--index', '5000')).verdicts.map(({ detail }) => detail)).toContainEqual(
      expect.stringContaining('joined after the freeze: stands at position 5000'),
    );
  });

  test('agrees with a published copy, and reports a copy that differs', async () => {
    const notes = ['--notes', join(folder, 'notes.json')];
    expect((await audit(...notes)).wrong).toEqual([]);
    expect((await audit(...notes)).wrong).toEqual([]);
    await world.owner`update draws set committed_at = committed_at - interval '1 minute'`;
    expect((await auditAnew(...notes)).wrong).toEqual(['notes']);
  });
});

describe('a draw that was tampered with', () => {
  test.each([
    ['seed', "seed = sha256('another')", ['seed', 'draw key']],
    [
      'seed and its hash',
      "seed = sha256('another'), seed_hash = sha256('antre.seed.v1' || sha256('another'))",
      ['draw key'],
    ],
    ['key', "draw_key = sha256('another')", ['draw key']],
    ['root', "merkle_root = sha256('another')", ['root', 'draw key']],
    ['beacon value', "beacon_randomness = sha256('another')", ['beacon value', 'draw key']],
    ['void places', "voided_places = '{}'", ['draw key']],
    [
      'time of commitment',
      "committed_at = beacon_round_at - interval '1 second'",
      ['committed first', 'draw 1: round'],
    ],
    ['time of freeze', "frozen_at = beacon_round_at + interval '1 second'", ['frozen in time']],
    ['time of the seed', "revealed_at = beacon_round_at + interval '301 seconds'", ['seed in time']],
  ])('in its %s is found', async (_what, change, found) => {
    await world.owner.unsafe(`update draws set ${change}`);
    const { wrong, exitCode } = await auditAnew();
    expect(wrong).toEqual(found);
    expect(exitCode).toBe(1);
  });

  test('in its beacon round is found: another real round is not the committed one', async () => {
    const round = await world.deps().beacon.fetchRound(1000, new AbortController().signal);
    if (round.kind !== 'value') throw new Error('no round');
    await world.owner`update draws set beacon_signature = ${round.signature}, beacon_randomness = ${round.randomness}`;
    expect((await auditAnew()).wrong).toEqual(['beacon signature', 'beacon relay', 'draw key']);
  });

  test('in one leaf is found', async () => {
    await world.owner`update draw_leaves set leaves = set_byte(leaves, 40, 255 - get_byte(leaves, 40)) where chunk = 1`;
    expect((await auditAnew()).wrong).toEqual(['root']);
    await world.owner`update draw_leaves set leaves = substr(leaves, 33) where chunk = 1`;
    expect((await auditAnew()).wrong).toEqual(['leaves', 'root']);
  });
});

describe('a draw that is not finished', () => {
  test('is neither correct nor wrong', async () => {
    await world.owner`update draws set state = 'frozen', seed = null, revealed_at = null, beacon_signature = null,
      beacon_randomness = null, draw_key = null, drawn_at = null`;
    expect(await auditAnew()).toMatchObject({ wrong: [], exitCode: 2, distribution: undefined });
  });

  test('of an event that does not exist cannot be checked', async () => {
    await expect(
      auditDraw(
        { slug: 'no-such-event', url: `http://127.0.0.1:${serving.port}`, place: undefined, notesFile: undefined },
        () => {},
      ),
    ).rejects.toThrow('has no event');
  });
});
