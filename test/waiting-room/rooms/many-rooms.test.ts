import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listRoomsAtWork } from '../../../src/waiting-room/admission/queries.ts';
import { listWatchedRooms, watchedRoomsMax } from '../../../src/waiting-room/rooms/queries.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { createRoom } from '../../../testkit/waiting-room/places.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/** Guards that a room with people in it is known to every process, however many others are planned for later. */

let api: TestService;
beforeAll(async () => {
  api = await startTestService();
});
afterAll(() => api.close());

/** Plans rooms for events of their own, of one organizer: `times` are those of the pre-queue, the freeze and the opening. */
async function planMany(name: string, times: readonly [string, string, string]): Promise<void> {
  const { db } = api.service;
  const model = await createEvent(db);
  const [row] = await db.execute<{ names: string }>(sql`
    select string_agg(quote_ident(column_name), ',') as names from information_schema.columns
    where table_name = 'events' and is_generated = 'NEVER' and column_name not in ('id', 'slug')`);
  const names = sql.raw(row?.names ?? '');
  await db.execute(sql`
    insert into events (id, slug, ${names})
    select 'evt_' || ${name[0]?.toUpperCase()} || lpad(n::text, 7, '0'), ${name} || '-' || n, ${names}
    from events, generate_series(1, ${watchedRoomsMax}::integer) as n where id = ${model.id}`);
  await db.execute(sql`
    insert into waiting_rooms (event_id, organizer_id, pre_queue_opens_at, freezes_at, opens_at, challenge_difficulty,
      rate_max, turn_seconds, pass_seconds)
    select id, organizer_id, now() + ${times[0]}::interval, now() + ${times[1]}::interval, now() + ${times[2]}::interval, 0, 100, 300, 600
    from events where slug like ${`${name}-%`}`);
}

it('an open room is watched although thousands are planned for next year', async () => {
  const { db } = api.service;
  const live = await createRoom(db, { phase: 'open' });
  await planMany('planned', ['1 year', '1 year 1 hour', '1 year 2 hours']);
  const watched = await listWatchedRooms(db);
  expect(watched).toHaveLength(watchedRoomsMax);
  expect(watched[0]?.event_id).toBe(live.id);
});

it('thousands of rooms of one organizer hold up none of another, however near their times are', async () => {
  const { db } = api.service;
  const room = await createRoom(db, { event: await createEvent(db) });
  await db.execute(sql`
    update waiting_rooms set phase = 'closed', pre_queue_opens_at = now() - interval '1 second', freezes_at = now() + interval '1 day',
      opens_at = now() + interval '2 days' where event_id = ${room.id}`);
  await planMany('near', ['0 seconds', '1 minute', '2 minutes']);
  await db.execute(sql`update waiting_rooms set phase = 'pre_queue' where event_id like 'evt_N0%'`);
  expect((await listWatchedRooms(db)).slice(0, 4).map((row) => row.event_id)).toContain(room.id);
  expect((await listRoomsAtWork(db)).slice(0, 4).map((row) => row.event_id)).toContain(room.id);
});
