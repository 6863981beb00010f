import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { giveDetails } from '../../../src/orders/details/give-details.ts';
import { namesPerTicketMax } from '../../../src/orders/details/limits.ts';
import { lockOrder } from '../../../src/orders/lifecycle/queries.ts';
import { refundOrder } from '../../../src/orders/lifecycle/refund-order.ts';
import { questions } from '../../../src/orders/questions/tables.ts';
import { transferTicket } from '../../../src/orders/transfers/transfer-ticket.ts';
import { type Clock, systemClock } from '../../../src/platform/clock.ts';
import { type Db, rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { newId } from '../../../src/platform/ids.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { openTestDb, order, placingDeps, testHashSecret } from '../../../testkit/orders/placing.ts';
import { until } from '../../../testkit/until.ts';
import { actMeanwhile, isAnybodyWaiting, openHookedDb, outcomeOf } from '../support/hooked-db.ts';
import { type RaceDatabase, inDatabase } from '../support/race-database.ts';

/**
 * The details of an order meet another device, a transfer, a refund and the deadline. Each save is stopped between its
 * reads and its writes; the other act then runs until it has ended or waits for a lock, so that no race depends on
 * luck.
 */

const hour = 3_600_000;
const isWrite = (text: string) => /^\s*(?:update tickets t\s+set holder_name|insert into answers)/.test(text);

type World = {
  readonly orderId: string;
  readonly ticketId: string;
  readonly eventId: string;
  readonly questionId: string;
  readonly db: Db;
  readonly url: string;
};

/** A free order of two tickets with names, and a question that is asked for each ticket. */
async function aWorld({ url, db }: RaceDatabase): Promise<World> {
  const open = openTestDb(url, 2);
  try {
    const event = await createEvent(db, { categories: [{ price: 0, hasHolderNames: true }] });
    const { order: placed } = await order(placingDeps(open), event, { quantity: 2 });
    const questionId = newId('qst');
    await db
      .insert(questions)
      .values({ eventId: event.id, id: questionId, text: 'Ukuran kaus?', kind: 'text', scope: 'ticket' });
    return { url, db, orderId: placed.id, ticketId: `tkt_${placed.id.slice(4)}001`, eventId: event.id, questionId };
  } finally {
    await open.close();
  }
}

type Save = { readonly name?: string; readonly answer?: string };

function save(db: Db, { orderId, ticketId, questionId }: World, { name, answer }: Save, clock: Clock = systemClock) {
  return giveDetails(
    { db, clock },
    { orderId, version: 1 },
    {
      tickets: name === undefined ? [] : [{ ticketId, holderName: name }],
      answers: answer === undefined ? [] : [{ questionId, ticketId, value: answer }],
    },
  );
}

/** A save without its lock is the control. */
type Way = { readonly isGuarded: boolean };

/** Saves, and lets another act run after the save has read and before it writes. */
function saveAgainst(world: World, given: Save, way: Way, act: (db: Db) => Promise<unknown>) {
  return actMeanwhile(
    { url: world.url, db: world.db, withoutLocks: !way.isGuarded, isPause: isWrite },
    (db) => save(db, world, given),
    act,
  );
}

type Ticket = { readonly name: string | null; readonly named: number; readonly given: number };

async function ticketOf({ db, ticketId }: World): Promise<Ticket | undefined> {
  const [row] = await rowsOf<Ticket>(
    db,
    sql`select holder_name as name, times_named as named, times_transferred as given from tickets where id = ${ticketId}`,
  );
  return row;
}

describe('two devices save at the same moment', () => {
  const saveTwice = async (database: RaceDatabase, way: Way) => {
    const world = await aWorld(database);
    await database.db.execute(
      sql`update tickets set times_named = ${namesPerTicketMax - 1} where id = ${world.ticketId}`,
    );
    const outcomes = await saveAgainst(world, { name: 'Ayu Lestari' }, way, (db) =>
      save(db, world, { name: 'Budi Santoso' }),
    );
    return { outcomes, ticket: await ticketOf(world) };
  };

  test('a ticket gets no more names than allowed, and the second device is told so', () =>
    inDatabase(async (database) => {
      expect(await saveTwice(database, { isGuarded: true })).toEqual({
        outcomes: ['done', 'order.names_used_up'],
        ticket: { name: 'Ayu Lestari', named: namesPerTicketMax, given: 0 },
      });
    }));

  test('control: without the lock of the order, both use the last allowed change', () =>
    inDatabase(async (database) => {
      const { outcomes, ticket } = await saveTwice(database, { isGuarded: false });
      expect([outcomes, ticket?.named]).toEqual([['done', 'done'], namesPerTicketMax + 1]);
    }));
});

describe('a save and a transfer', () => {
  const saveAndGive = async (database: RaceDatabase, way: Way) => {
    const world = await aWorld(database);
    const outcomes = await saveAgainst(world, { name: 'Ayu Lestari' }, way, (db) =>
      transferTicket(
        {
          db,
          clock: systemClock,
          config: { HASH_SECRET: testHashSecret },
          ticketTransferred: () => Promise.resolve(true),
        },
        {
          ticketId: world.ticketId,
          shown: { by: 'buyer', orderId: world.orderId, version: 1 },
          holder: { name: 'Budi Santoso', email: 'budi@example.test' },
        },
      ),
    );
    return { outcomes, ticket: await ticketOf(world) };
  };

  test('the ticket carries the name of its new holder', () =>
    inDatabase(async (database) => {
      expect(await saveAndGive(database, { isGuarded: true })).toMatchObject({
        outcomes: ['done', 'done'],
        ticket: { name: 'Budi Santoso', given: 1 },
      });
    }));

  test("control: without the lock of the order the giver's name stands on the new holder's ticket", () =>
    inDatabase(async (database) => {
      expect(await saveAndGive(database, { isGuarded: false })).toMatchObject({
        outcomes: ['done', 'done'],
        ticket: { name: 'Ayu Lestari', given: 1 },
      });
    }));
});

describe('a save and a refund', () => {
  /** Answers that were written about the ticket after it was taken back. */
  const saveAndRefund = async (database: RaceDatabase, way: Way) => {
    const world = await aWorld(database);
    const outcomes = await saveAgainst(world, { answer: 'XL' }, way, (db) =>
      transaction(db, async (tx) => {
        const locked = await lockOrder(tx, world.eventId, world.orderId);
        if (locked === undefined) throw new Error('the order is gone');
        await refundOrder(tx, locked, { ticketIds: [world.ticketId], restock: true, reason: 'test' });
      }),
    );
    const late = await rowsOf(
      database.db,
      sql`select 1 from answers a join tickets t on t.event_id = a.event_id and t.id = a.subject_id where a.answered_at > t.revoked_at`,
    );
    const again = await Promise.allSettled([save(database.db, world, { answer: 'M' })]);
    return { outcomes, late: late.length, again: outcomeOf(again[0]) };
  };

  test('nothing is written about a ticket that was taken back', () =>
    inDatabase(async (database) => {
      expect(await saveAndRefund(database, { isGuarded: true })).toEqual({
        outcomes: ['done', 'done'],
        late: 0,
        again: 'ticket.not_found',
      });
    }));

  test('control: without the lock of the order an answer is written after the refund', () =>
    inDatabase(async (database) => {
      expect((await saveAndRefund(database, { isGuarded: false })).late).toBe(1);
    }));
});

describe('a save that waits while the deadline passes', () => {
  const saveLate = async (database: RaceDatabase, way: Way) => {
    const world = await aWorld(database);
    let now = new Date();
    const saver = openHookedDb(world.url, { withoutLocks: !way.isGuarded });
    const holder = openTestDb(world.url, 1);
    try {
      let saved: Promise<PromiseSettledResult<unknown>[]> | undefined;
      await transaction(holder.db, async (tx) => {
        await lockOrder(tx, world.eventId, world.orderId);
        await tx.execute(
          sql`select from tickets where event_id = ${world.eventId} and id = ${world.ticketId} for update`,
        );
        saved = Promise.allSettled([save(saver.db, world, { name: 'Ayu Lestari' }, { now: () => now })]);
        await until(() => isAnybodyWaiting(world.db));
        now = new Date(Date.now() + 365 * 24 * hour);
      });
      return { outcome: outcomeOf((await saved)?.[0]), name: (await ticketOf(world))?.name };
    } finally {
      await Promise.all([saver.close(), holder.close()]);
    }
  };

  test('is refused, and writes nothing', () =>
    inDatabase(async (database) => {
      expect(await saveLate(database, { isGuarded: true })).toEqual({ outcome: 'order.details_closed', name: null });
    }));

  test('control: judged before the wait, it writes after the deadline', () =>
    inDatabase(async (database) => {
      expect(await saveLate(database, { isGuarded: false })).toEqual({ outcome: 'done', name: 'Ayu Lestari' });
    }));
});
