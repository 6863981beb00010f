import { setTimeout as pause } from 'node:timers/promises';
import { type SQL, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { transaction } from '../../../src/platform/database/db.ts';
import { setPaused } from '../../../src/waiting-room/rooms/settings-queries.ts';
import { healthy, plenty, useRoomWorld } from '../support/room-world.ts';

/** Guards the room's promises 7 and 8, and that its phases follow each other once, whoever moves them. */

const { world, phaseOf, end } = await useRoomWorld();

describe('an open room', () => {
  it('calls at its rate, which grows to the organizer’s, and never beyond the existing places', async () => {
    const event = await world.openedRoom(300);
    const rooms: Awaited<ReturnType<typeof world.roomOf>>[] = [];
    for (let second = 0; second < 14; second += 1) {
      await world.second(event);
      rooms.push(await world.roomOf(event));
    }
    const served = rooms.map(({ serving }) => serving);
    expect(served[0]).toBe(0);
    // The second that the test lets pass, and the time that the looks took.
    const passedMs = 1000 + Number(rooms[1]?.servingAt) - Number(rooms[0]?.servingAt);
    const perSecond = ((served[1] ?? 0) * 1000) / passedMs;
    expect(perSecond).toBeGreaterThan(54);
    expect(perSecond).toBeLessThan(57);
    expect((await world.roomOf(event)).admissionRate).toBe(100);
    expect(served.at(-1)).toBe(300);
    expect(served.every((serving, at) => at === 0 || serving >= (served[at - 1] ?? 0))).toBe(true);
    // A buyer who joins an empty room is called by the rate from now on, not at once.
    await world.addPlaces(event.id, 300, 1000);
    await world.second(event);
    expect((await world.roomOf(event)).serving).toBeLessThan(450);
    await end(event);
  });

  it('loses no time between reading a row and writing it; the turn of those it calls begins when it is written', async () => {
    const event = await world.openedRoom(5000);
    await world.second(event);
    const before = await world.roomOf(event);
    // Long enough that a mark is due.
    await world.pass(6);
    const movedAt = Number((await world.roomOf(event)).servingAt);
    const slowStock = async () => {
      await pause(400);
      return plenty;
    };
    await world.look(event, { stockOf: slowStock });
    const after = await world.roomOf(event);
    const calledMs = Number(after.servingAt) - movedAt;
    expect(after.serving - before.serving).toBeCloseTo((before.rate * calledMs) / 1000, 0);
    const [mark] = await world.owner<{ at: Date; serving: number }[]>`
      select at, serving from serving_marks where event_id = ${event.id} order by at desc limit 1`;
    expect(mark?.serving).toBe(after.serving);
    expect(Number(mark?.at) - Number(after.servingAt)).toBeGreaterThanOrEqual(400);
    await end(event);
  });

  it('is slowed by poor health, holds when health is unknown, and recovers', async () => {
    const event = await world.openedRoom(5000);
    await world.second(event);
    const rate = async () => (await world.roomOf(event)).admissionRate;
    const bad = [
      { placementP95Ms: 260, shedRatio: 0, poolWaitMs: 0 },
      { placementP95Ms: 10, shedRatio: 0.011, poolWaitMs: 0 },
      { placementP95Ms: undefined, shedRatio: 0, poolWaitMs: 51 },
    ];
    for (const health of bad) {
      const before = await rate();
      world.state.health = health;
      await world.second(event);
      expect(await rate()).toBeCloseTo(before * 0.7);
    }
    world.state.health = healthy;
    world.state.isPaymentBusy = true;
    const before = await rate();
    await world.second(event);
    expect(await rate()).toBeCloseTo(before * 0.7);
    world.state.isPaymentBusy = false;
    world.state.health = undefined;
    const held = await rate();
    await world.second(event);
    expect(await rate()).toBe(held);
    world.state.health = healthy;
    await world.second(event);
    expect(await rate()).toBeCloseTo(held + 5);
    await world.pass(1);
    await world.look(event, { paymentsPerSecond: 7 });
    expect(await rate()).toBe(7);
    await end(event);
  });

  it('is not slowed by payments when all tickets are free', async () => {
    const event = await world.openedRoom(5000);
    const rateWith = async (paymentsPerSecond: number) => {
      await world.pass(1);
      await world.look(event, { paymentsPerSecond });
      return (await world.roomOf(event)).admissionRate;
    };
    expect(await rateWith(7)).toBe(7);
    await world.open.db.execute(sql`update ticket_categories set price = 0 where event_id = ${event.id}`);
    world.state.isPaymentBusy = true;
    expect(await rateWith(7)).toBe(12);
    world.state.isPaymentBusy = false;
    expect(await rateWith(7)).toBe(17);
    await world.open.db.execute(sql`update ticket_categories set price = 1000 where event_id = ${event.id}`);
    expect(await rateWith(7)).toBe(7);
    await end(event);
  });

  it('shares the payable capacity with the open rooms of its organizer, and with no others', async () => {
    const [one, two, other] = [
      await world.openedRoom(5000),
      await world.openedRoom(5000),
      await world.openedRoom(5000),
    ];
    await world.owner`update waiting_rooms set organizer_id = ${one.organizer.id} where event_id = ${two.id}`;
    const rates = async () => {
      await world.pass(1);
      for (const event of [one, two, other]) await world.look(event, { paymentsPerSecond: 30 });
      return Promise.all([one, two, other].map(async (event) => (await world.roomOf(event)).admissionRate));
    };
    expect(await rates()).toEqual([15, 15, 30]);
    // A room that wants less than half leaves the rest to the other.
    await world.owner`update waiting_rooms set rate_max = 5 where event_id = ${two.id}`;
    await rates();
    for (let seconds = 0; seconds < 4; seconds += 1) await rates();
    expect(await rates()).toEqual([25, 5, 30]);
    await world.owner`update waiting_rooms set rate_max = 100 where event_id = ${two.id}`;
    await rates();
    expect((await rates()).slice(0, 2)).toEqual([15, 15]);
    // A room that stands still, because nothing is sold, takes no share.
    await world.open.db.execute(sql`update events set sales = 'closed' where id = ${two.id}`);
    expect((await rates())[0]).toBe(20);
    await world.open.db.execute(sql`update events set sales = 'open' where id = ${two.id}`);
    expect((await rates())[0]).toBe(15);
    await world.open.db.execute(sql`update ticket_categories set price = 0 where event_id = ${two.id}`);
    expect((await rates())[0]).toBe(20);
    for (const event of [one, two, other]) await end(event);
  });

  it('stops when the rest is taken, continues when places return, and is over when all is sold', async () => {
    const event = await world.openedRoom(1000);
    world.state.stock = { ...plenty, capacity: 100, available: 100, held: 0, sold: 0, blocked: 0 };
    await world.second(event);
    expect(await world.second(event)).toBe('stopped');
    const stopped = await world.roomOf(event);
    expect(stopped).toMatchObject({ phase: 'probably_sold_out', rate: 0 });
    await world.second(event, 5);
    expect((await world.roomOf(event)).serving).toBe(stopped.serving);
    // Their turn is over, and half of it was left.
    world.state.stock = { ...plenty, capacity: 100, available: 50, held: 20, sold: 30, blocked: 0 };
    let step = await world.second(event, 8);
    for (let passed = 8; step !== 'reopened' && passed < 400; passed += 8) step = await world.second(event, 8);
    expect(step).toBe('reopened');
    const reopened = await world.roomOf(event);
    expect(reopened.phase).toBe('open');
    expect(reopened.rate).toBeGreaterThan(0);
    expect(reopened.lapsedBelow).toBe(Math.floor(stopped.serving));
    world.state.stock = { ...plenty, capacity: 100, available: 0, held: 0, sold: 100, blocked: 0 };
    expect(await world.second(event)).toBe('sold_out');
    expect(await phaseOf(event)).toBe('over');
    expect(await world.marks(event)).toHaveLength(0);
  });

  it('a turn ends after its time and never before, and is paused with the room', async () => {
    const event = await world.openedRoom(10_000);
    for (let second = 0; second < 12; second += 1) await world.second(event);
    const { serving } = await world.roomOf(event);
    await world.owner`update waiting_rooms set paused = true, paused_at = now(), rate = 0 where event_id = ${event.id}`;
    for (let second = 0; second < 40; second += 1) await world.second(event, 10);
    expect(await world.roomOf(event)).toMatchObject({ serving, lapsedBelow: 0 });
    await world.owner`update waiting_rooms set paused = false, paused_at = null where event_id = ${event.id}`;
    await world.second(event, 1);
    expect((await world.roomOf(event)).lapsedBelow).toBe(0);
    // The second mark was set some five seconds after the opening, and by then some hundreds had been called.
    await world.during(event, 296);
    const lapsed = (await world.roomOf(event)).lapsedBelow;
    expect(lapsed).toBeGreaterThan(0);
    expect(lapsed).toBeLessThan(serving);
    await world.during(event, 310);
    expect((await world.roomOf(event)).lapsedBelow).toBeGreaterThanOrEqual(Math.floor(serving));
    await end(event);
  });

  it('a scheduler that was away catches up by seconds and not by hours; nothing is undone, and no turn ends early', async () => {
    const event = await world.openedRoom(20_000);
    for (let second = 0; second < 12; second += 1) await world.second(event);
    const before = await world.roomOf(event);
    await world.second(event, 120);
    const after = await world.roomOf(event);
    expect(after.serving - before.serving).toBeCloseTo(before.rate * 10, 3);
    expect(after.lapsedBelow).toBe(0);
    await end(event);
  });

  it.each(['continues', 'is paused first'])(
    'no turn runs out while nobody calls, as when Postgres is down: the room %s',
    async (how) => {
      const event = await world.openedRoom(10_000);
      for (let second = 0; second < 12; second += 1) await world.second(event);
      await world.pass(900);
      if (how === 'is paused first') {
        const { db } = world.open;
        await transaction(db, async (tx) => setPaused(tx, await setPaused(tx, await world.roomOf(event), true), false));
        await world.pass(1);
      }
      await world.look(event);
      expect((await world.roomOf(event)).lapsedBelow).toBe(0);
      // Of a turn of 300 s, 12 have passed, and 10 that were caught up.
      await world.during(event, 240);
      expect((await world.roomOf(event)).lapsedBelow).toBe(0);
      await world.during(event, 72);
      expect((await world.roomOf(event)).lapsedBelow).toBeGreaterThan(0);
      await end(event);
    },
  );

  it('no turn becomes shorter in a long pause, however busy the machine is', async () => {
    const event = await world.openedRoom(10_000);
    for (let second = 0; second < 3; second += 1) await world.second(event);
    await world.owner`update waiting_rooms set paused = true, paused_at = now(), rate = 0 where event_id = ${event.id}`;
    await world.second(event);
    const turnUsed = async () => {
      const [row] = await world.owner`select room.serving_at - min(mark.at) as used from waiting_rooms room
        join serving_marks mark using (event_id) where room.event_id = ${event.id} group by room.event_id`;
      return String(row?.['used']);
    };
    const before = await turnUsed();
    const stockOf = async () => {
      await pause(200);
      return plenty;
    };
    for (let second = 0; second < 5; second += 1) {
      await world.pass(1);
      expect(await world.look(event, { stockOf })).toBe('served');
    }
    expect(await turnUsed()).toBe(before);
    await end(event);
  });

  type OfEvent = (eventId: string) => SQL;
  const switchOn =
    (name: string, isForAll: boolean): OfEvent =>
    (eventId) =>
      sql`insert into switches (name, event_id, event_slug, is_on, reason, changed_by)
      values (${name}, ${isForAll ? 'all' : eventId}, ${isForAll ? null : 'a-slug'}, true, 'a test', 'the tests')`;
  const switchesOff: OfEvent = () => sql`delete from switches`;
  const sales =
    (state: string): OfEvent =>
    (eventId) =>
      sql`update events set sales = ${state} where id = ${eventId}`;
  const closings: readonly (readonly [string, OfEvent, OfEvent])[] = [
    ['the organizer has closed sales', sales('closed'), sales('open')],
    ['an operator has closed the sales of the event', switchOn('close_sales', false), switchesOff],
    ['an operator has closed all sales', switchOn('close_sales', true), switchesOff],
    ['an operator allows only browsing of the event', switchOn('browse_only', false), switchesOff],
    ['an operator allows only browsing', switchOn('browse_only', true), switchesOff],
  ];

  it.each(closings)('calls nobody and ends no turn while %s, and continues afterwards', async (_why, close, open) => {
    const event = await world.openedRoom(20_000);
    for (let second = 0; second < 12; second += 1) await world.second(event);
    await world.open.db.execute(close(event.id));
    await world.second(event);
    const { serving, rate } = await world.roomOf(event);
    expect(rate).toBe(0);
    await world.during(event, 320);
    expect(await world.roomOf(event)).toMatchObject({ serving, lapsedBelow: 0 });
    await world.open.db.execute(open(event.id));
    await world.second(event);
    expect(await world.roomOf(event)).toMatchObject({ lapsedBelow: 0 });
    expect((await world.roomOf(event)).rate).toBeGreaterThan(0);
    await end(event);
  });
});
