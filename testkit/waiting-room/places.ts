import { sql } from 'drizzle-orm';
import { buyerKey } from '../../src/access/buyers/buyer-key.ts';
import { signBuyerToken } from '../../src/access/buyers/buyer-token.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Db, OpenDb } from '../../src/platform/database/db.ts';
import { createChallenges } from '../../src/waiting-room/places/challenge.ts';
import { createJoinLane } from '../../src/waiting-room/places/join-lane.ts';
import type { JoinPlaceDeps } from '../../src/waiting-room/places/join-place.ts';
import type { Phase } from '../../src/waiting-room/rooms/phase.ts';
import type { RoomFacts } from '../../src/waiting-room/ports.ts';
import { type TestEvent, createEvent } from '../factories.ts';

/** The world of tests of joining: an event with a room, confirmed buyers, and the join's dependencies. */

export const queueTokenSecret = 'test-only-queue-token-secret-0123456789';
const hashSecret = 'test-only-hash-secret-0123456789abcdef';
const hour = 3_600_000;

/** A published event with a waiting room in this phase. */
export async function createRoom(
  db: Db,
  options: { phase?: Phase; difficulty?: number; event?: TestEvent } = {},
): Promise<TestEvent> {
  const event = options.event ?? (await createEvent(db));
  const phase = options.phase ?? 'pre_queue';
  const isBeforeFreeze = phase === 'closed' || phase === 'pre_queue' || phase === 'over';
  const now = Date.now();
  await db.execute(sql`
    insert into waiting_rooms (event_id, organizer_id, phase, pre_queue_opens_at, freezes_at, opens_at, challenge_difficulty,
      rate_max, turn_seconds, pass_seconds, frozen_places)
    values (${event.id}, ${event.organizer.id}, ${phase}, ${new Date(now - hour).toISOString()}, ${new Date(now + hour).toISOString()},
      ${new Date(now + 2 * hour).toISOString()}, ${options.difficulty ?? 0}, 100, 300, 600, ${isBeforeFreeze ? null : 0})`);
  return event;
}

export function roomFacts(event: TestEvent, more: Partial<RoomFacts> = {}): RoomFacts {
  return { eventId: event.id, phase: 'pre_queue', challengeDifficulty: 0, ...more };
}

/** The dependencies of joining. The test decides which rooms exist. */
export function joinDeps(
  open: OpenDb,
  rooms: Map<string, RoomFacts>,
  flushesMax = 4,
  isLapsed: (eventId: string, placeIndex: number) => boolean = () => false,
): JoinPlaceDeps {
  return {
    rooms: { roomOf: (slug) => rooms.get(slug), isLapsed, isReady: () => true },
    joinLane: createJoinLane({ db: open.db, flushesMax }),
    challenges: createChallenges({ secret: queueTokenSecret, clock: systemClock }),
    clock: systemClock,
    queueTokenSecret,
  };
}

export function accountKeyOf(name: string): string {
  return buyerKey(hashSecret, 'email', `${name}@pembeli.test`);
}

/** The header of a buyer who has confirmed an address with this name. */
export function asBuyer(name: string): string {
  const token = signBuyerToken(queueTokenSecret, {
    accountKey: accountKeyOf(name),
    until: new Date(Date.now() + 24 * hour),
  });
  return `Bearer ${token}`;
}
