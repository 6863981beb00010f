import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { type OpenDb, rowsOf } from '../../../src/platform/database/db.ts';
import { type HeldPlace, type JoinPlaceDeps, joinPlace } from '../../../src/waiting-room/places/join-place.ts';
import { placeInvariants } from '../../../src/waiting-room/places/invariants.ts';
import type { RoomFacts } from '../../../src/waiting-room/ports.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { asBuyer, createRoom, joinDeps, roomFacts } from '../../../testkit/waiting-room/places.ts';
import { openTestDb } from '../../../testkit/orders/placing.ts';
import { type RaceDatabase, inDatabase, asControl } from '../support/race-database.ts';
import { withoutConstraints, withoutGuard, withoutIndex } from '../support/without-guard.ts';

/**
 * Promise 9: one buyer, one place; the line has no gaps; places counted by the freeze are in the draw. Two lanes on two
 * pools stand for two API processes.
 */

type Line = {
  readonly event: TestEvent;
  readonly join: (process: number, name: string) => Promise<HeldPlace>;
};

async function inLine({ url, db }: RaceDatabase, act: (line: Line) => Promise<void>): Promise<void> {
  const event = await createRoom(db);
  const rooms = new Map<string, RoomFacts>([[event.slug, roomFacts(event)]]);
  const pools: OpenDb[] = [openTestDb(url, 4), openTestDb(url, 4)];
  const processes: JoinPlaceDeps[] = pools.map((open) => joinDeps(open, rooms));
  const join = async (process: number, name: string): Promise<HeldPlace> => {
    const deps = processes[process % processes.length];
    if (deps === undefined) throw new Error('no process');
    const input = { slug: event.slug, authorization: asBuyer(name), challenge: undefined };
    return (await joinPlace(deps, input)).place;
  };
  try {
    await act({ event, join });
  } finally {
    for (const pool of pools) await pool.close();
  }
}

const times = <Value>(count: number, make: (n: number) => Value): Value[] =>
  Array.from({ length: count }, (_, n) => make(n));

async function faultsOf(db: RaceDatabase['db']): Promise<string[]> {
  const found: string[] = [];
  for (const invariant of placeInvariants) found.push(...(await invariant.find(db)));
  return found;
}

const oneBuyer = (race: RaceDatabase, see: (places: HeldPlace[], rows: number) => void) =>
  inLine(race, async ({ event, join }) => {
    const settled = await Promise.allSettled(times(200, (n) => join(n, 'ayu')));
    const places = settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const [row] = await rowsOf<{ rows: number }>(
      race.db,
      sql`select count(*)::int as rows from places where event_id = ${event.id}`,
    );
    see(places, row?.rows ?? 0);
  });

it('200 joins of one buyer at two processes give one place', async () => {
  await inDatabase(async (race) => {
    await oneBuyer(race, (places, rows) => {
      expect(places).toHaveLength(200);
      expect(new Set(places.map(({ placeToken }) => placeToken)).size).toBe(1);
      expect(rows).toBe(1);
    });
    expect(await faultsOf(race.db)).toEqual([]);
  });
});

it('control: without the lock and the unique account, one buyer gets several places', asControl, async () => {
  await inDatabase(async (race) => {
    await withoutGuard(race.directUrl, 'join_places', [
      [' for update;', ';'],
      // Keeps the window between looking and writing open, for new accounts.
      ['where is_new order by n', 'where is_new and (select true from pg_sleep(0.2)) order by n'],
    ]);
    await withoutConstraints(race.directUrl, 'places', ['places_pkey']);
    await withoutIndex(race.directUrl, 'places_one_per_account');
    await oneBuyer(race, (places, rows) => {
      expect(rows).toBeGreaterThan(1);
      expect(places.length).toBeGreaterThan(0);
    });
    expect((await faultsOf(race.db)).length).toBeGreaterThan(0);
  });
});

it('2,000 buyers, each three times, at two processes: a line without gaps, each buyer once', async () => {
  await inDatabase(async (race) => {
    await inLine(race, async ({ event, join }) => {
      const joins = times(6000, (n) => ({ process: Math.floor(n / 7), name: `buyer-${n % 2000}` }));
      joins.sort(() => Math.random() - 0.5);
      const places = await Promise.all(
        joins.map(async ({ process, name }) => ({ name, place: await join(process, name) })),
      );
      const indexOf = new Map(places.map(({ name, place }) => [name, place.index]));
      for (const { name, place } of places) expect(place.index).toBe(indexOf.get(name));
      expect([...indexOf.values()].sort((one, two) => one - two)).toEqual(times(2000, (n) => n));
      const [row] = await rowsOf<{ places: number }>(
        race.db,
        sql`select places from waiting_rooms where event_id = ${event.id}`,
      );
      expect(row?.places).toBe(2000);
    });
    expect(await faultsOf(race.db)).toEqual([]);
  });
});

/** The freeze, as short as it can be: what the draw does under the room's lock. */
const freeze = (race: RaceDatabase, event: TestEvent) =>
  rowsOf<{ frozen: number; at: string }>(
    race.db,
    sql`update waiting_rooms set phase = 'drawing', frozen_places = places where event_id = ${event.id}
        returning frozen_places as frozen, clock_timestamp()::text as at`,
  );

/** Joins while the freeze comes. Returns the places that buyers got, and how many the freeze has counted. */
async function joinAgainstFreeze(race: RaceDatabase) {
  let told: HeldPlace[] = [];
  let counted = 0;
  let inTheList = 0;
  await inLine(race, async ({ event, join }) => {
    const joining = times(600, async (n) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
      return join(n, `buyer-${n}`);
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    const [frozen] = await freeze(race, event);
    counted = frozen?.frozen ?? -1;
    const [list] = await rowsOf<{ rows: number }>(
      race.db,
      sql`select count(*)::int as rows from places where event_id = ${event.id} and place_index < ${counted}`,
    );
    inTheList = list?.rows ?? -1;
    const settled = await Promise.allSettled(joining);
    told = settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  });
  return { told, counted, inTheList };
}

it('a join during the freeze gets an index below the frozen number exactly if it was counted', async () => {
  await inDatabase(async (race) => {
    for (let round = 0; round < 10; round += 1) {
      const { told, counted, inTheList } = await joinAgainstFreeze(race);
      expect(told).toHaveLength(600);
      // The list was complete at the freeze: nobody slips under the number afterwards.
      expect(inTheList).toBe(counted);
      for (const { index, phase } of told) expect(phase).toBe(index < counted ? 'pre_queue' : 'drawing');
    }
    expect(await faultsOf(race.db)).toEqual([]);
  });
});

it(
  'control: without the lock, a buyer is counted whose place is not there at the freeze, or the reverse',
  asControl,
  async () => {
    await inDatabase(async (race) => {
      await withoutGuard(race.directUrl, 'join_places', [
        [' for update;', ';\n  perform pg_sleep(0.005);'],
        ['set places = first_new + v_added', 'set places = places + v_added'],
      ]);
      await withoutConstraints(race.directUrl, 'places', ['places_pkey']);
      await withoutIndex(race.directUrl, 'places_one_per_account');
      let wrong = 0;
      for (let round = 0; round < 10 && wrong === 0; round += 1) {
        const { told, counted, inTheList } = await joinAgainstFreeze(race);
        const indexes = new Set(told.map(({ index }) => index));
        if (inTheList !== counted || indexes.size < told.length) wrong += 1;
        if (told.some(({ index, phase }) => phase !== (index < counted ? 'pre_queue' : 'drawing'))) wrong += 1;
      }
      expect(wrong).toBeGreaterThan(0);
    });
  },
);
