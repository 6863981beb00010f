import { sql } from 'drizzle-orm';
import { afterAll, beforeEach, expect } from 'vitest';
import { eventStockOf } from '../../../src/orders/index.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import type { Health } from '../../../src/waiting-room/admission/admission-rate.ts';
import type { Advanced } from '../../../src/waiting-room/admission/advance-room.ts';
import { type RoomSchedulerDeps, createRoomScheduler } from '../../../src/waiting-room/admission/room-scheduler.ts';
import type { EventStock } from '../../../src/waiting-room/admission/stop-rule.ts';
import { waitingRoomInvariants } from '../../../src/waiting-room/invariants.ts';
import { type RoomRow, waitingRooms } from '../../../src/waiting-room/tables.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { openDrawWorld } from '../draw/support/draw-world.ts';

/** The scheduler of one worker, in a world whose time a test moves, with health that a test states. */

export type RoomWorld = Awaited<ReturnType<typeof openRoomWorld>>;

export const healthy: Health = { placementP95Ms: 40, shedRatio: 0, poolWaitMs: 1 };
export const plenty: EventStock = {
  capacity: 1e6,
  available: 1e6,
  held: 0,
  sold: 0,
  blocked: 0,
  ticketsPerOrder: null,
};

export async function openRoomWorld() {
  const world = await openDrawWorld();
  const state = {
    health: healthy as Health | undefined,
    /** Undefined: as the orders report it. */
    stock: plenty as EventStock | undefined,
    isPaymentBusy: false,
    exchanged: 0,
    changes: [] as string[],
  };
  const deps = (more: Partial<RoomSchedulerDeps> = {}): RoomSchedulerDeps => ({
    ...world.deps(),
    health: {
      read: async () => state.health,
      takeExchanged: async () => {
        const taken = state.exchanged;
        state.exchanged = 0;
        return taken;
      },
      giveBackExchanged: async (_eventId, count) => {
        state.exchanged += count;
      },
    },
    stockOf: async (db, eventId) => state.stock ?? eventStockOf(db, eventId),
    isPaymentBusy: () => state.isPaymentBusy,
    paymentsPerSecond: 10_000,
    changeQueue: async (eventId) => {
      state.changes.push(eventId);
    },
    isLooping: false,
    ...more,
  });

  /** Lets time pass for everything written: Postgres' own clock does not move. */
  const pass = async (seconds: number): Promise<void> => {
    await world.pass(seconds);
    const by = `${seconds} seconds`;
    await world.owner`update waiting_rooms set serving_at = serving_at - ${by}::interval`;
    // Far away and back, since a mark may stand exactly so long before another one.
    await world.owner`update serving_marks set at = at - interval '1000 days'`;
    await world.owner`update serving_marks set at = at + interval '1000 days' - ${by}::interval`;
  };

  /** One look of a worker. */
  const look = async (event: TestEvent, more?: Partial<RoomSchedulerDeps>): Promise<Advanced | undefined> =>
    (await createRoomScheduler(deps(more)).look()).get(event.id);

  const roomOf = async (event: TestEvent): Promise<RoomRow> => {
    const [row] = await world.open.db.select().from(waitingRooms).where(sql`event_id = ${event.id}`);
    if (row === undefined) throw new Error('no such room');
    return row;
  };

  return {
    ...world,
    state,
    deps,
    pass,
    look,
    roomOf,
    /** A second passes, and a worker looks. */
    second: async (event: TestEvent, seconds = 1): Promise<Advanced | undefined> => {
      await pass(seconds);
      return look(event);
    },
    /** Time passes in which a worker looks, a few seconds at a time. */
    during: async (event: TestEvent, seconds: number): Promise<Advanced | undefined> => {
      let step: Advanced | undefined;
      for (let left = seconds; left > 0; left -= 8) {
        await pass(Math.min(left, 8));
        step = await look(event);
      }
      return step;
    },
    marks: (event: TestEvent) =>
      rowsOf<{ serving: number; orders: number }>(
        world.open.db,
        sql`select serving, orders from serving_marks where event_id = ${event.id} order by at`,
      ),
    /** A room with this many places, drawn and open, at which nobody has been called. */
    openedRoom: async (places: number): Promise<TestEvent> => {
      const event = await world.room(places);
      await pass(3600);
      await look(event);
      await look(event);
      await pass(66);
      await look(event);
      await pass(3600);
      const step = await look(event);
      if (step !== 'open') throw new Error(`the room is ${(await roomOf(event)).phase} after ${String(step)}`);
      return event;
    },
  };
}

/** Rooms for all tests of a file. Each test begins with health and stock that hold nothing back; after all, no invariant is broken. */
export async function useRoomWorld() {
  const world = await openRoomWorld();
  beforeEach(() => {
    Object.assign(world.state, { health: healthy, stock: plenty, isPaymentBusy: false, exchanged: 0, changes: [] });
  });
  afterAll(async () => {
    const broken: string[] = [];
    for (const invariant of waitingRoomInvariants) broken.push(...(await invariant.find(world.open.db)));
    await world.close();
    expect(broken).toEqual([]);
  });
  return {
    world,
    phaseOf: async (event: TestEvent) => (await world.roomOf(event)).phase,
    end: (event: TestEvent) =>
      world.owner`update waiting_rooms set phase = 'over', rate = 0 where event_id = ${event.id}`,
  };
}
