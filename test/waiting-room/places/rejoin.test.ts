import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, it } from 'vitest';
import { buyerKeys } from '../../../src/orders/placement/keys.ts';
import { signBuyerToken } from '../../../src/access/buyers/buyer-token.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { joinPlace } from '../../../src/waiting-room/places/join-place.ts';
import { joinPlaces } from '../../../src/waiting-room/places/queries.ts';
import { decideExchange, isLapsed } from '../../../src/waiting-room/places/decide-exchange.ts';
import { waitingRoomInvariants } from '../../../src/waiting-room/invariants.ts';
import type { LiveRoom } from '../../../src/waiting-room/rooms/live-room.ts';
import type { Phase } from '../../../src/waiting-room/rooms/phase.ts';
import type { RoomFacts } from '../../../src/waiting-room/ports.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';
import { type TestEvent, someBuyer } from '../../../testkit/factories.ts';
import { createRoom, joinDeps, queueTokenSecret, roomFacts } from '../../../testkit/waiting-room/places.ts';
import { order, placingDeps, testHashSecret } from '../../../testkit/orders/placing.ts';
import { passOf } from '../../../testkit/waiting-room/rooms.ts';

/**
 * Guards promises 1, 5 and 6 for buyers who missed a turn: another place behind everybody, never two, and no second
 * order.
 */

const { open } = await useTestDb();
const rooms = new Map<string, RoomFacts>();
/** Indexes below this have had their turn, in every room of this test. */
const lapsedBelow = 3;
const deps = joinDeps(open, rooms, 4, (_eventId, index) => index < lapsedBelow);

/** These rooms were never drawn: what holds of draws is guarded elsewhere. */
const aboutPlaces = [
  'waiting_room.called_places',
  'waiting_room.spent_passes',
  'waiting_room.places_counted',
  'waiting_room.one_place_per_account',
];

afterAll(async () => {
  const broken: string[] = [];
  for (const invariant of waitingRoomInvariants)
    if (aboutPlaces.includes(invariant.name)) broken.push(...(await invariant.find(open.db)));
  expect(broken).toEqual([]);
});

type Buyer = ReturnType<typeof someBuyer>;

/** A line of five, of whom the first three let their turn pass. */
async function aLine(phase: Phase = 'open') {
  const event = await createRoom(open.db, { phase: 'open' });
  rooms.set(event.slug, roomFacts(event, { phase: 'open' }));
  const buyers = Array.from({ length: 5 }, () => someBuyer());
  for (const buyer of buyers) await join(event, buyer);
  await open.db.execute(sql`update waiting_rooms set phase = ${phase}, serving = 4, serving_at = now(),
    lapsed_below = ${lapsedBelow} where event_id = ${event.id}`);
  rooms.set(event.slug, roomFacts(event, { phase }));
  return { event, buyers };
}

async function join(event: TestEvent, buyer: Buyer, insteadOf?: number) {
  const [accountKey] = buyerKeys(testHashSecret, buyer);
  const token = signBuyerToken(queueTokenSecret, { accountKey, until: new Date(Date.now() + 3_600_000) });
  const { place } = await joinPlace(deps, {
    slug: event.slug,
    authorization: `Bearer ${token}`,
    challenge: undefined,
    insteadOf,
  });
  return place.index;
}

const codeOf = (doing: Promise<unknown>) =>
  doing.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );
const buyWith = (event: TestEvent, buyer: Buyer, placeIndex: number) =>
  codeOf(order(placingDeps(open), event, { buyer, queuePass: passOf(event, placeIndex, buyer) }));
const placesOf = (event: TestEvent, buyer: Buyer) =>
  rowsOf<{ index: number; over: boolean }>(
    open.db,
    sql`select place_index as index, given_up_at is not null as over from places
      where event_id = ${event.id} and account_key = ${buyerKeys(testHashSecret, buyer)[0]} order by place_index`,
  );
const someone = (buyers: readonly Buyer[], at: number): Buyer => {
  const buyer = buyers[at];
  if (buyer === undefined) throw new Error('no such buyer');
  return buyer;
};

describe('a buyer who missed a turn', () => {
  it('rejoins at the end of the line, once, and the old place and its pass end', async () => {
    const { event, buyers } = await aLine();
    const late = someone(buyers, 1);
    expect(await join(event, late)).toBe(1);
    expect(await join(event, late, 1)).toBe(5);
    // The answer was lost: a repeated request, or an ordinary join, gives the same place.
    expect(await join(event, late, 1)).toBe(5);
    expect(await join(event, late)).toBe(5);
    expect(await placesOf(event, late)).toEqual([
      { index: 1, over: true },
      { index: 5, over: false },
    ]);
    expect(await buyWith(event, late, 1)).toBe('queue.pass_spent');
    expect(await buyWith(event, late, 5)).toBe('done');
    expect(await buyWith(event, late, 5)).toBe('queue.pass_spent');
    expect(await join(event, someBuyer())).toBe(6);
  });

  it('and has ordered before cannot rejoin', async () => {
    const { event, buyers } = await aLine();
    const buyer = someone(buyers, 0);
    expect(await buyWith(event, buyer, 0)).toBe('done');
    expect(await codeOf(join(event, buyer, 0))).toBe('queue.place_kept');
    expect(await placesOf(event, buyer)).toEqual([{ index: 0, over: false }]);
  });

  it('can rejoin once after an order that ended unpaid, and not after one that lives or was paid', async () => {
    const { event, buyers } = await aLine();
    const buyer = someone(buyers, 0);
    const orderIs = (status: string) =>
      open.db.execute(sql`update orders set status = ${status}, paid_at = case when ${status} = 'paid' then now() end
        where event_id = ${event.id}`);
    expect(await buyWith(event, buyer, 0)).toBe('done');
    for (const status of ['pending_payment', 'closing', 'paid']) {
      await orderIs(status);
      expect(await codeOf(join(event, buyer, 0)), status).toBe('queue.place_kept');
    }
    await orderIs('expired');
    expect(await join(event, buyer, 0)).toBe(5);
    expect(await join(event, buyer, 0)).toBe(5);
    expect(await placesOf(event, buyer)).toEqual([
      { index: 0, over: true },
      { index: 5, over: false },
    ]);
    expect(await buyWith(event, buyer, 0)).toBe('queue.pass_spent');
    expect(await buyWith(event, buyer, 5)).toBe('done');
    await orderIs('expired');
    const [accountKey] = buyerKeys(testHashSecret, buyer);
    expect(await joinPlaces(open.db, event.id, [{ accountKey, insteadOf: 5 }])).toMatchObject([
      { index: 5, isNew: false },
    ]);
    expect(await placesOf(event, buyer)).toHaveLength(2);
  });

  it('can rejoin while the room calls, and not once it has stopped', async () => {
    const { event, buyers } = await aLine('probably_sold_out');
    expect(await codeOf(join(event, someone(buyers, 1), 1))).toBe('queue.not_open');
    expect(await placesOf(event, someone(buyers, 1))).toEqual([{ index: 1, over: false }]);
  });

  it('cannot rejoin after the place was taken out of the line', async () => {
    const { event, buyers } = await aLine();
    await open.db.execute(sql`update places set voided_at = now() where event_id = ${event.id} and place_index = 2`);
    expect(await codeOf(join(event, someone(buyers, 2), 2))).toBe('queue.place_kept');
  });
});

describe('a place', () => {
  it('that is still good cannot be given up', async () => {
    const { event, buyers } = await aLine();
    expect(await codeOf(join(event, someone(buyers, 4), 4))).toBe('queue.place_kept');
    expect(await placesOf(event, someone(buyers, 4))).toEqual([{ index: 4, over: false }]);
  });

  it('of another buyer cannot be given up, nor a second one got for it', async () => {
    const { event, buyers } = await aLine();
    expect(await join(event, someone(buyers, 3), 0)).toBe(3);
    expect(await placesOf(event, someone(buyers, 0))).toEqual([{ index: 0, over: false }]);
    expect(await placesOf(event, someone(buyers, 3))).toEqual([{ index: 3, over: false }]);
  });
});

describe('a turn ends', () => {
  const room: LiveRoom = {
    eventId: 'evt_00000000',
    slug: 'a-room',
    organizerId: 'org_1',
    country: 'ID',
    phase: 'open',
    places: 20,
    serving: 15,
    servingAt: 0,
    rate: 0,
    challengeDifficulty: 0,
    turnSeconds: 60,
    passSeconds: 60,
    lapsedBelow: 8,
    draw: { frozenPlaces: 12, drawKey: Buffer.alloc(32, 7) },
    voidedPlaces: new Set([4]),
  };

  it('for exactly the places whose exchange is then refused, and never before the draw', () => {
    for (let index = 0; index < 20; index += 1)
      expect(isLapsed(room, index)).toBe(decideExchange(room, index, 0).kind === 'lapsed');
    expect(Array.from({ length: 20 }, (_, index) => isLapsed(room, index)).filter(Boolean).length).toBeGreaterThan(5);
    expect(isLapsed({ ...room, draw: undefined }, 0)).toBe(false);
  });
});
