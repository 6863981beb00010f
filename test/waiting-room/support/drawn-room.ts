import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Db } from '../../../src/platform/database/db.ts';
import type { DrawnRoom } from '../../../src/waiting-room/draw/index.ts';
import type { Phase } from '../../../src/waiting-room/rooms/phase.ts';
import type { TestEvent } from '../../../testkit/factories.ts';

export type DrawnRoomOptions = {
  readonly phase?: Phase;
  /** Places that were drawn; all of them have a row. */
  readonly frozen?: number;
  /** Places given out after the freeze. */
  readonly late?: number;
  readonly serving?: number;
  readonly rate?: number;
  readonly lapsedBelow?: number;
  readonly voided?: readonly number[];
  readonly passSeconds?: number;
  readonly accountKeys?: readonly string[];
};

/** A room after its draw, with serving at the test's value. */
export async function createDrawnRoom(db: Db, event: TestEvent, options: DrawnRoomOptions = {}): Promise<DrawnRoom> {
  const { phase = 'open', frozen = 100, late = 0, serving = 0, rate = 0, lapsedBelow = 0, voided = [] } = options;
  const places = frozen + late;
  const drawKey = createHash('sha256').update(event.id).digest();
  const keys = Array.from({ length: places }, (_, index) => options.accountKeys?.[index] ?? accountKeyAt(index));
  const bytes = sql`${drawKey}::bytea`;
  await db.execute(sql`
    insert into waiting_rooms (event_id, organizer_id, phase, pre_queue_opens_at, freezes_at, opens_at,
      challenge_difficulty, rate_max, turn_seconds, pass_seconds, places, frozen_places, serving, serving_at, rate,
      lapsed_below)
    values (${event.id}, ${event.organizer.id}, ${phase}, now() - interval '3 hours', now() - interval '2 hours',
      now() - interval '1 hour', 0, 100, 300, ${options.passSeconds ?? 600}, ${places}, ${frozen}, ${serving}::float8,
      now(), ${rate}::float8, ${lapsedBelow})`);
  await db.execute(sql`
    insert into draws (event_id, number, state, seed_hash, seed, beacon_chain, beacon_round, beacon_round_at,
      committed_at, frozen_at, places, voided_places, merkle_root, beacon_signature, beacon_randomness, draw_key, drawn_at)
    values (${event.id}, 1, 'drawn', ${bytes}, ${bytes}, 'test', 1, now() - interval '1 hour', now() - interval '4 hours',
      now() - interval '2 hours', ${frozen}, ${`{${voided.join(',')}}`}::integer[], ${bytes}, ${bytes}, ${bytes}, ${bytes},
      now() - interval '1 hour')`);
  await db.execute(sql`
    insert into places (event_id, place_index, account_key, joined_at, voided_at)
    select ${event.id}, n - 1, key, now(), case when n - 1 = any (${`{${voided.join(',')}}`}::integer[]) then now() end
    from unnest(${`{${keys.join(',')}}`}::text[]) with ordinality as given (key, n)`);
  return { drawKey, frozenPlaces: frozen };
}

export function accountKeyAt(index: number): string {
  return createHash('sha256').update(`account ${index}`).digest('base64url').slice(0, 22);
}
