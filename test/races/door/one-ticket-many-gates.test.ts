import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asControl } from '../support/race-database.ts';
import type { Actor } from '../../../src/access/actor.ts';
import { type ScanLane, createScanLane, scanTicket } from '../../../src/check-in/index.ts';
import { checkInInvariants } from '../../../src/check-in/invariants.ts';
import type { DecidedScan } from '../../../src/check-in/scans/queries.ts';
import { type OpenDb, openDb } from '../../../src/platform/database/db.ts';
import { type DoorEvent, addDoorEvent, addTickets } from '../../../testkit/check-in/door-event.ts';
import { type TestDatabase, createTestDatabase } from '../../../testkit/services/database.ts';
import { testTicketKeys } from '../../../testkit/check-in/ticket-keys.ts';
import type { TicketKeys } from '../../../src/orders/index.ts';

/** Promise 6: one ticket, one entry online. Two lanes on two pools stand for two API processes. */

let database: TestDatabase;
let sql: postgres.Sql;
let pools: OpenDb[];
let lanes: ScanLane[];
let event: DoorEvent;
let ticketKeys: TicketKeys;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.directUrl, { max: 2 });
  pools = ['one', 'two'].map((name) =>
    openDb({ url: database.url, name, poolSize: 4, acquireTimeoutMs: 2000, callTimeoutMs: 5000, prepare: false }),
  );
  lanes = pools.map(({ db }) => createScanLane({ db, flushesMax: 4 }));
  event = await addDoorEvent(sql);
  const [pool] = pools;
  if (pool === undefined) throw new Error('no pool');
  ticketKeys = testTicketKeys(pool.db);
});

afterAll(async () => {
  const [pool] = pools;
  for (const invariant of checkInInvariants) {
    if (pool !== undefined) expect(await invariant.find(pool.db)).toEqual([]);
  }
  for (const pool of pools) await pool.close();
  await sql.end();
  await database.close();
});

function scanAt(gate: number, code: string, more: { scanId?: string; direction?: 'exit' } = {}): Promise<DecidedScan> {
  const lane = lanes[gate % lanes.length];
  if (lane === undefined) throw new Error('no lane');
  const actor: Actor = { ...event, kind: 'device', id: `dev_${gate}`, role: 'door' };
  return scanTicket({ scans: lane, ticketKeys }, actor, {
    eventId: event.eventId,
    code,
    scanId: more.scanId ?? randomUUID(),
    gate: `Gate ${gate}`,
    direction: more.direction,
  });
}

/** `npm run drills -- door-gates` shows 10,000 tickets at two gates, over HTTP and at two API processes. */
const rounds = 300;

describe('one ticket at many gates at once', () => {
  it.each([
    [2, rounds],
    [10, 100],
    [50, 30],
  ])('%i gates, %i tickets: one scan is admitted, the others learn when and where', async (gates, count) => {
    const tickets = await addTickets(sql, event, count);
    for (const ticket of tickets) {
      const answers = await Promise.all(Array.from({ length: gates }, (_, gate) => scanAt(gate, ticket.code)));
      const admitted = answers.filter((answer) => answer.result === 'admitted');
      expect(admitted).toHaveLength(1);
      const winner = answers.findIndex((answer) => answer.result === 'admitted');
      for (const answer of answers) {
        if (answer === admitted[0]) continue;
        expect(answer).toMatchObject({
          result: 'already_used',
          firstGate: `Gate ${winner}`,
          firstAt: admitted[0]?.at,
        });
      }
    }
  });

  it('many tickets, each at several gates, all at once', async () => {
    const tickets = await addTickets(sql, event, 400);
    const scans = tickets.flatMap((ticket) => Array.from({ length: 5 }, (_, gate) => ({ ticket, gate })));
    scans.sort(() => Math.random() - 0.5);
    const answers = await Promise.all(scans.map(({ ticket, gate }) => scanAt(gate, ticket.code)));
    const admitted = new Map<string, number>();
    for (const answer of answers) {
      if (answer.result === 'admitted')
        admitted.set(answer.ticketId ?? '', (admitted.get(answer.ticketId ?? '') ?? 0) + 1);
      else expect(answer.result).toBe('already_used');
    }
    expect(admitted.size).toBe(400);
    expect(new Set(admitted.values())).toEqual(new Set([1]));
  });

  it('control: a read before the write admits several', asControl, async () => {
    await sql`create table if not exists control_admissions (ticket_id text not null)`;
    await sql`truncate control_admissions`;
    const clients = [0, 1].map(() => postgres(database.url, { max: 8, prepare: false, onnotice: () => {} }));
    const tickets = await addTickets(sql, event, 50);
    try {
      for (const ticket of tickets) {
        await Promise.all(
          Array.from({ length: 10 }, async (_, gate) => {
            const client = clients[gate % 2];
            if (client === undefined) return;
            const seen = await client`select from control_admissions where ticket_id = ${ticket.id}`;
            if (seen.length === 0) await client`insert into control_admissions values (${ticket.id})`;
          }),
        );
      }
      const [row] = await sql<{ twice: number }[]>`
        select count(*)::int as twice from (
          select from control_admissions group by ticket_id having count(*) > 1) as entered`;
      expect(row?.twice).toBeGreaterThan(25);
    } finally {
      for (const client of clients) await client.end();
    }
  });
});

describe('a lost reply', () => {
  it('gets the same answer on every retry, also at another process at the same moment', async () => {
    const tickets = await addTickets(sql, event, 100);
    for (const [index, ticket] of tickets.entries()) {
      const scanId = `retry-${index}`;
      const device: Actor = { ...event, kind: 'device', id: 'dev_retry', role: 'door' };
      const answers = await Promise.all(
        lanes.flatMap((scans) =>
          Array.from({ length: 3 }, () =>
            scanTicket({ scans, ticketKeys }, device, { eventId: event.eventId, code: ticket.code, scanId }),
          ),
        ),
      );
      expect(new Set(answers.map((answer) => answer.result))).toEqual(new Set(['admitted']));
      expect(new Set(answers.map((answer) => answer.at)).size).toBe(1);
    }
  });
});

describe('in and out at once', () => {
  it('keeps entries and exits in step', async () => {
    const tickets = await addTickets(sql, event, 40);
    for (let round = 0; round < 6; round += 1) {
      const answers = await Promise.all(
        tickets.flatMap((ticket) => [
          scanAt(0, ticket.code),
          scanAt(1, ticket.code, { direction: 'exit' }),
          scanAt(2, ticket.code),
          scanAt(3, ticket.code, { direction: 'exit' }),
        ]),
      );
      expect(answers.length).toBe(160);
    }
    const [row] = await sql<{ wrong: number }[]>`
      select count(*)::int as wrong from admissions a
      where a.entries - (select count(*) from scans s where s.event_id = a.event_id and s.ticket_id = a.ticket_id
        and s.result = 'exited') <> a.inside::int`;
    expect(row?.wrong).toBe(0);
  });
});
