import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listWatchedRooms, watchedRoomsMax } from '../../src/waiting-room/rooms/queries.ts';
import { createEvent } from '../../testkit/factories.ts';
import { createRoom } from '../../testkit/waiting-room/places.ts';
import { type TestService, startTestService } from '../../testkit/processes/service.ts';

/** Guards that a room with people in it is known to every process, however many others are planned for later. */

let api: TestService;
beforeAll(async () => {
  api = await startTestService();
});
afterAll(() => api.close());

it('an open room is watched although thousands are planned for next year', async () => {
  const { db } = api.service;
  const live = await createRoom(db, { phase: 'open' });
  const model = await createEvent(db);
  const [row] = await db.execute<{ names: string }>(sql`
    select string_agg(quote_ident(column_name), ',') as names from information_schema.columns
    where table_name = 'events' and is_generated = 'NEVER' and column_name not in ('id', 'slug')`);
  const names = sql.raw(row?.names ?? '');
  await db.execute(sql`
    insert into events (id, slug, ${names})
    select 'evt_' || lpad(n::text, 8, '0'), 'planned-' || n, ${names}
    from events, generate_series(1, ${watchedRoomsMax}::integer) as n where id = ${model.id}`);
  await db.execute(sql`
    insert into waiting_rooms (event_id, organizer_id, pre_queue_opens_at, freezes_at, opens_at, challenge_difficulty,
      rate_max, turn_seconds, pass_seconds)
    select id, organizer_id, now() + interval '1 year', now() + interval '1 year 1 hour', now() + interval '1 year 2 hours',
      0, 100, 300, 600
    from events where slug like 'planned-%'`);
  const watched = await listWatchedRooms(db);
  expect(watched).toHaveLength(watchedRoomsMax);
  expect(watched[0]?.event_id).toBe(live.id);
});
