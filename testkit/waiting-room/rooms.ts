import { sql } from 'drizzle-orm';
import type { Db } from '../../src/platform/database/db.ts';
import { buyerKeys } from '../../src/orders/placement/keys.ts';
import { signPass } from '../../src/waiting-room/places/pass.ts';
import type { TestEvent } from '../factories.ts';
import { testHashSecret, testQueueTokenSecret } from '../orders/placing.ts';

/** An open waiting room with this many places given out. */
export async function openRoom(db: Db, event: TestEvent, places = 1000): Promise<void> {
  await db.execute(sql`
    insert into waiting_rooms (event_id, organizer_id, phase, pre_queue_opens_at, freezes_at, opens_at, challenge_difficulty,
      rate_max, turn_seconds, pass_seconds, places, frozen_places)
    values (${event.id}, ${event.organizer.id}, 'open', now() - interval '3 hours', now() - interval '2 hours', now() - interval '1 hour',
      0, 100, 600, 600, ${places}, ${places})`);
}

/** The pass of a place, signed as the room would sign it. */
export function passOf(
  event: Pick<TestEvent, 'id'>,
  placeIndex: number,
  buyer: { email: string; phone: string },
  options: { by?: 'email' | 'phone'; expiresInMs?: number } = {},
): string {
  const [email, phone] = buyerKeys(testHashSecret, buyer);
  return signPass(testQueueTokenSecret, {
    eventId: event.id,
    placeIndex,
    accountKey: options.by === 'phone' ? phone : email,
    expiresAt: Date.now() + (options.expiresInMs ?? 60_000),
  });
}
