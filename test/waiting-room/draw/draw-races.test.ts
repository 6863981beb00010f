import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '../../../src/platform/database/db.ts';
import { type DrawDeps, freezePlaces } from '../../../src/waiting-room/draw/index.ts';
import { drawInvariants } from '../../../src/waiting-room/draw/invariants.ts';
import { type ChunkRow, insertLeaves } from '../../../src/waiting-room/draw/tree/queries.ts';
import { writeLeaves } from '../../../src/waiting-room/draw/tree/write-leaves.ts';
import { drawLeaves } from '../../../src/waiting-room/tables.ts';
import { type DrawWorld, hour, leadSeconds, openDrawWorld } from './support/draw-world.ts';

/** Guards promise 9: any number of workers complete a draw at once, and each may die anywhere. */

let world: DrawWorld;
beforeAll(async () => {
  // All workers, and the beacon they ask, are in this one process, so none of them may be told that it was too slow.
  world = await openDrawWorld(leadSeconds, 15_000);
});
afterAll(() => world.close());
beforeEach(() => world.behave());

const faults = async () => (await Promise.all(drawInvariants.map((invariant) => invariant.find(world.open.db)))).flat();

const workers = 6;
const atOnce = <T>(act: (worker: number) => Promise<T>) =>
  Promise.all(Array.from({ length: workers }, (_, worker) => act(worker)));

const counted = (outcomes: readonly string[]) => outcomes.filter((outcome) => outcome === 'void').length;

describe('workers at once', () => {
  test('fix one list, write it once, reveal one seed and compute one key', async () => {
    const event = await world.room(5000);
    await world.pass(hour + 1);
    expect(new Set(await atOnce(() => freezePlaces(world.deps(), event.id)))).toEqual(new Set(['frozen']));
    await atOnce(() => world.complete(event.id));
    await world.pass(leadSeconds + 1);
    expect(new Set(await atOnce(() => world.complete(event.id)))).toEqual(new Set(['drawn']));
    expect(await world.draws(event.id)).toHaveLength(1);
    expect(await faults()).toEqual([]);
  });

  test('void a draw once, for any reason, and commit to one next draw', async () => {
    const event = await world.room(20);
    await world.pass(hour + leadSeconds + 5);
    await atOnce(() => freezePlaces(world.deps(), event.id));
    expect((await world.draws(event.id)).map(({ state }) => state)).toEqual(['void', 'frozen']);
    await world.pass(leadSeconds + 5);
    expect(counted(await atOnce(() => world.complete(event.id)))).toBe(1);
    await atOnce(() => world.complete(event.id));
    // The lead of the one that follows a late root is twice as long.
    await world.pass(2 * leadSeconds + 301);
    expect(counted(await atOnce(() => world.complete(event.id)))).toBe(1);
    const draws = await world.draws(event.id);
    expect(draws.map(({ voidReason, state }) => voidReason ?? state)).toEqual([
      'freeze_late',
      'root_late',
      'seed_late',
      'frozen',
    ]);
    expect(await faults()).toEqual([]);
  });

  test('write the leaves together and compute one root', async () => {
    const event = await world.room(20_000);
    await world.pass(hour + 1);
    await freezePlaces(world.deps(), event.id);
    const roots = await atOnce(() => writeLeaves(world.deps(), { eventId: event.id, places: 20_000 }, 5000));
    expect(new Set(roots.map((root) => Buffer.from(root ?? []).toString('hex'))).size).toBe(1);
    const [row] = await world.owner`select count(*)::integer as n from draw_leaves where event_id = ${event.id}`;
    expect(row).toEqual({ n: 20 });
  });

  test('write the same leaves in any order without a deadlock; a control shows it', async () => {
    const rounds = 20;
    const both = async (round: number, write: (rows: readonly ChunkRow[]) => Promise<unknown>) => {
      const eventId = `evt_${String(round).padStart(8, '0')}`;
      const rows = Array.from({ length: 2000 }, (_, chunk) => ({ eventId, chunk, leaves: root, root }));
      const ends = await Promise.allSettled([write(rows), write(rows.toReversed())]);
      await world.owner`delete from draw_leaves where event_id = ${eventId}`;
      return ends.filter(({ status }) => status === 'rejected').length;
    };
    const root = Buffer.alloc(32);
    let control = 0;
    for (let round = 0; round < rounds && control === 0; round += 1)
      control += await both(round, (rows) =>
        world.open.db
          .insert(drawLeaves)
          .values([...rows])
          .onConflictDoNothing(),
      );
    expect(control).toBeGreaterThan(0);
    let failed = 0;
    for (let round = 0; round < rounds; round += 1)
      failed += await both(round, (rows) => insertLeaves(world.open.db, rows));
    expect(failed).toBe(0);
  });

  test('a join during the freeze is either in the list or behind it', async () => {
    const event = await world.room(100);
    await world.pass(hour + 1);
    const join = () =>
      world.owner.begin(async (tx) => {
        const [room] = await tx<{ places: number; phase: string }[]>`
        select places, phase from waiting_rooms where event_id = ${event.id} for update`;
        if (room === undefined) throw new Error('no room');
        await tx`insert into places (event_id, place_index, account_key, joined_at)
        values (${event.id}, ${room.places}, ${`late ${room.places}`}, now())`;
        await tx`update waiting_rooms set places = places + 1 where event_id = ${event.id}`;
        return { index: room.places, phase: room.phase };
      });
    const joins = Array.from({ length: 20 }, join);
    const [, ...joined] = await Promise.all([freezePlaces(world.deps(), event.id), ...joins]);
    const [draw] = await world.draws(event.id);
    for (const { index, phase } of joined) expect(index < (draw?.places ?? 0)).toBe(phase === 'pre_queue');
    await world.complete(event.id);
    expect(await faults()).toEqual([]);
  });
});

class Killed extends Error {}

/** A database that its worker is cut off from after so many statements, in the middle of a transaction as well. */
function dyingAfter(db: Db, statements: number): Db {
  let left = statements;
  const wrap = (inner: Db): Db =>
    new Proxy(inner, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...given: unknown[]) => {
          if (name === 'transaction') {
            const [work] = given;
            const wrapped = (tx: Db) => (typeof work === 'function' ? work(wrap(tx)) : undefined);
            return Reflect.apply(member, target, [wrapped]);
          }
          if (left <= 0) throw new Killed('the worker is gone');
          left -= 1;
          return Reflect.apply(member, target, given);
        };
      },
    });
  return wrap(db);
}

describe('a worker that dies', () => {
  const dead = async (act: (deps: DrawDeps) => Promise<string>, statements: number) => {
    try {
      return await act(world.deps({ db: dyingAfter(world.open.db, statements) }));
    } catch (error) {
      if (error instanceof Killed) return 'killed';
      throw error;
    }
  };

  /** Dies after 0, 1, 2... statements until the act succeeds. Returns how often it died. */
  const dieEverywhere = async (act: (deps: DrawDeps) => Promise<string>): Promise<number> => {
    for (let statements = 0; statements < 60; statements += 1) {
      if ((await dead(act, statements)) !== 'killed') return statements;
      expect(await faults()).toEqual([]);
    }
    throw new Error('never came through');
  };

  test('after any statement leaves a state from which the next worker continues', async () => {
    const event = await world.room(9000);
    await world.pass(hour + 1);
    expect(await dieEverywhere((deps) => freezePlaces(deps, event.id))).toBeGreaterThan(2);
    const complete = (deps: DrawDeps) => world.complete(event.id, { db: deps.db });
    expect(await dieEverywhere(complete)).toBeGreaterThan(4);
    await world.pass(leadSeconds + 1);
    await dieEverywhere(complete);
    expect(await world.complete(event.id)).toBe('drawn');
    expect(await world.draws(event.id)).toHaveLength(1);
    expect(await faults()).toEqual([]);
  });

  test('while it voids a draw leaves it valid, or void with its next draw', async () => {
    const event = await world.room(100);
    await world.pass(hour + 1);
    await freezePlaces(world.deps(), event.id);
    await world.complete(event.id);
    await world.pass(leadSeconds + 301);
    expect(await dieEverywhere((deps) => world.complete(event.id, { db: deps.db }))).toBeGreaterThan(2);
    expect((await world.draws(event.id)).map(({ state }) => state)).toEqual(['void', 'frozen']);
    await world.pass(leadSeconds + 1);
    expect(await world.complete(event.id)).toBe('drawn');
    expect(await faults()).toEqual([]);
  });
});
