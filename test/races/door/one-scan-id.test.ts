import { expect, test } from 'vitest';
import type { Actor } from '../../../src/access/actor.ts';
import { createScanLane, scanTicket, syncScans } from '../../../src/check-in/index.ts';
import { checkInInvariants } from '../../../src/check-in/invariants.ts';
import { DomainError } from '../../../src/platform/errors.ts';
import postgres from 'postgres';
import { systemClock } from '../../../src/platform/clock.ts';
import { type DoorEvent, addDoorEvent, addTickets } from '../../../testkit/check-in/door-event.ts';
import { openTestDb } from '../../../testkit/orders/placing.ts';
import { type RaceDatabase, inDatabase, asControl } from '../support/race-database.ts';
import { withoutGuard } from '../support/without-guard.ts';
import { testTicketKeys } from '../../../testkit/check-in/ticket-keys.ts';

/** One scan id stands for one scan, and entries and exits are counted once, whoever submits them at the same moment. */

const rounds = 40;

async function atTwoProcesses<T>(
  { url, directUrl }: RaceDatabase,
  act: (event: DoorEvent, sql: postgres.Sql, pools: ReturnType<typeof openTestDb>[]) => Promise<T>,
): Promise<T> {
  const sql = postgres(directUrl, { max: 1, onnotice: () => {} });
  const pools = [openTestDb(url), openTestDb(url)];
  try {
    return await act(await addDoorEvent(sql), sql, pools);
  } finally {
    for (const pool of pools) await pool.close();
    await sql.end();
  }
}

/** Sends several tickets under one scan id to two processes at once. Returns how many answers named a ticket that was not scanned. */
const shareScanId = (database: RaceDatabase) =>
  atTwoProcesses(database, async (event, sql, pools) => {
    const lanes = pools.map(({ db }) => createScanLane({ db, flushesMax: 2 }));
    const [ticketKeys] = pools.map(({ db }) => testTicketKeys(db));
    const actor: Actor = { ...event, kind: 'device', id: 'dev_race', role: 'door' };
    const seen = { wrong: 0, admitted: 0, refused: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const tickets = await addTickets(sql, event, 4);
      await Promise.all(
        tickets.map(async ({ code, id }, index) => {
          const scans = lanes[index % lanes.length];
          if (scans === undefined || ticketKeys === undefined) throw new Error('no lane');
          try {
            const input = { eventId: event.eventId, code, scanId: `scan-${round}` };
            const { ticketId } = await scanTicket({ scans, ticketKeys }, actor, input);
            if (ticketId === id) seen.admitted += 1;
            else seen.wrong += 1;
          } catch (error) {
            if (!(error instanceof DomainError) || error.code !== 'check_in.scan_id_reused') throw error;
            seen.refused += 1;
          }
        }),
      );
    }
    return seen;
  });

test('tickets that share a scan id at the same moment: one is answered, the others are refused', () =>
  inDatabase(async (database) => {
    expect(await shareScanId(database)).toEqual({ wrong: 0, admitted: rounds, refused: rounds * 3 });
  }));

test('control: without comparing the content, the others are answered with the first one’s ticket', () =>
  inDatabase(async (database) => {
    await withoutGuard(database.directUrl, 'check_in_tickets', [['st.content <> s.content', 'false']]);
    expect((await shareScanId(database)).wrong).toBe(rounds * 3);
  }));

/** Two devices send an entry and its later exit at the same moment. Returns the tickets whose state does not match. */
const inAndOut = (database: RaceDatabase) =>
  atTwoProcesses(database, async (event, sql, pools) => {
    const tickets = await addTickets(sql, event, rounds);
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    for (const { code } of tickets) {
      await Promise.all(
        (['entry', 'exit'] as const).map(async (direction, index) => {
          const pool = pools[index];
          if (pool === undefined) throw new Error('no pool');
          const actor: Actor = { ...event, kind: 'device', id: `dev_${direction}`, role: 'door' };
          const scannedAt = direction === 'entry' ? at(20) : at(10);
          const scans = [{ code, scanId: `${direction} ${code}`, direction, scannedAt }];
          await syncScans({ db: pool.db, clock: systemClock, ticketKeys: testTicketKeys(pool.db) }, actor, {
            eventId: event.eventId,
            scans,
          });
        }),
      );
    }
    const [row] = await sql<{ inside: number }[]>`select count(*)::int as inside from admissions where inside`;
    const [pool] = pools;
    const broken = [];
    for (const invariant of checkInInvariants)
      broken.push(...(pool === undefined ? [] : await invariant.find(pool.db)));
    return { inside: row?.inside, broken: broken.length };
  });

/** Keeps the window between reading a ticket's history and writing open, which otherwise is a matter of luck. */
const slowly: [string, string] = ['with entries as (', 'perform pg_sleep(0.02);\n  with entries as ('];

test('an entry and its exit, sent at the same moment: nobody stays inside', () =>
  inDatabase(async (database) => {
    await withoutGuard(database.directUrl, 'check_in_tickets', [slowly]);
    expect(await inAndOut(database)).toEqual({ inside: 0, broken: 0 });
  }));

test('control: without the lock on the ticket, some stay inside', asControl, () =>
  inDatabase(async (database) => {
    await withoutGuard(database.directUrl, 'check_in_tickets', [
      ['order by id for no key update;', 'order by id;'],
      slowly,
    ]);
    expect((await inAndOut(database)).inside).toBeGreaterThan(0);
  }),
);
