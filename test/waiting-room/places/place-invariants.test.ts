import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { placeInvariants } from '../../../src/waiting-room/places/invariants.ts';
import { joinPlaces } from '../../../src/waiting-room/places/queries.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { accountKeyOf, createRoom } from '../../../testkit/waiting-room/places.ts';
import { withoutIndex } from '../../races/support/without-guard.ts';

/** Guards the guards: each corruption of one row is found and named. */

const { directUrl, open } = await useTestDb(2);
let event: TestEvent;

beforeAll(async () => {
  await withoutIndex(directUrl, 'places_one_per_account');
});
beforeEach(async () => {
  await open.db.execute(sql`delete from places`);
  event = await createRoom(open.db);
  const wishes = ['ayu', 'budi', 'citra'].map((name) => ({ accountKey: accountKeyOf(name) }));
  await joinPlaces(open.db, event.id, wishes);
  await open.db.execute(sql`delete from waiting_rooms where event_id <> ${event.id}`);
});

async function found(name: string): Promise<string[]> {
  const all: string[] = [];
  for (const invariant of placeInvariants) {
    if (invariant.name === name) all.push(...(await invariant.find(open.db)));
  }
  return all;
}

it('a correct line breaks no invariant', async () => {
  for (const { name } of placeInvariants) expect(await found(name)).toEqual([]);
});

it.each([
  ['a place that is gone', sql`delete from places where place_index = 1`],
  ['a counter that is ahead', sql`update waiting_rooms set places = places + 1`],
  ['a gap before the last place', sql`update places set place_index = 9 where place_index = 2`],
])('waiting_room.places_counted names %s', async (_, corruption) => {
  await open.db.execute(corruption);
  expect(await found('waiting_room.places_counted')).toEqual([expect.stringContaining(event.id)]);
});

it('waiting_room.one_place_per_account names an account with two', async () => {
  await open.db.execute(sql`update places set account_key = ${accountKeyOf('ayu')} where place_index = 2`);
  expect(await found('waiting_room.one_place_per_account')).toEqual([
    `account ${accountKeyOf('ayu')} has 2 places at ${event.id}`,
  ]);
});

it('waiting_room.one_place_per_account names a place that was given up and can still order', async () => {
  await open.db.execute(sql`update places set given_up_at = now() where place_index = 2`);
  expect(await found('waiting_room.one_place_per_account')).toEqual([
    `place 2 of ${event.id} was given up and is not used up`,
  ]);
  await open.db.execute(sql`insert into spent_passes (event_id, place_index) values (${event.id}, 2)`);
  expect(await found('waiting_room.one_place_per_account')).toEqual([]);
});

it('waiting_room.places_in_rooms names a place without a room', async () => {
  await open.db.execute(sql`delete from waiting_rooms`);
  expect(await found('waiting_room.places_in_rooms')).toHaveLength(3);
});
