import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/access/actor.ts';
import { createScanLane, scanTicket } from '../../../src/check-in/index.ts';
import { checkInInvariants } from '../../../src/check-in/invariants.ts';
import { openDb } from '../../../src/platform/database/db.ts';
import { addDoorEvent, addTickets } from '../../../testkit/check-in/door-event.ts';
import { testTicketKeys } from '../../../testkit/check-in/ticket-keys.ts';
import { type RaceDatabase, asControl, inDatabase } from '../support/race-database.ts';
import { type Edit, withoutGuard } from '../support/without-guard.ts';

/**
 * A zone never holds more people than its capacity, whichever of its gates scan at the same moment. Two pools stand for
 * two API processes.
 */

const capacity = 20;
const gateIds = ['gat_north', 'gat_south', 'gat_east'];

/** Everybody wants to enter at once at three gates, some leave again, and the others try once more. */
async function rush({ url, directUrl }: RaceDatabase) {
  const sql = postgres(directUrl, { max: 1 });
  const pools = ['one', 'two'].map((name) =>
    openDb({ url, name, poolSize: 4, acquireTimeoutMs: 4000, callTimeoutMs: 8000, prepare: false }),
  );
  const lanes = pools.map(({ db }) => createScanLane({ db, flushesMax: 4 }));
  try {
    const event = await addDoorEvent(sql);
    await sql`insert into zones (event_id, id, name, name_key, capacity)
      values (${event.eventId}, 'zon_1', 'Festival', 'festival', ${capacity})`;
    for (const id of gateIds) {
      await sql`insert into gates (event_id, id, name, name_key, zone_id) values (${event.eventId}, ${id}, ${id}, ${id}, 'zon_1')`;
    }
    const tickets = await addTickets(sql, event, 120);
    const scan = async (code: string, index: number, direction: 'entry' | 'exit' = 'entry') => {
      const [scans, pool] = [lanes[index % 2], pools[index % 2]];
      const gate = gateIds[index % gateIds.length];
      if (scans === undefined || pool === undefined) throw new Error('no lane');
      const actor: Actor = { ...event, kind: 'device', id: `dev_${index % 9}`, role: 'door' };
      const deps = { scans, ticketKeys: testTicketKeys(pool.db) };
      const input = { eventId: event.eventId, code, scanId: randomUUID(), gate, direction };
      return { code, result: (await scanTicket(deps, actor, input)).result };
    };
    const first = await Promise.all(tickets.map(({ code }, index) => scan(code, index)));
    const inside = first.filter(({ result }) => result === 'admitted').map(({ code }) => code);
    const leaving = inside.slice(0, 5);
    const waiting = first.filter(({ result }) => result !== 'admitted').map(({ code }) => code);
    const second = await Promise.all([
      ...leaving.map((code, index) => scan(code, index, 'exit')),
      ...waiting.map((code, index) => scan(code, index)),
    ]);
    const third = await Promise.all(waiting.map((code, index) => scan(code, index)));
    const count = (answers: readonly { result: string }[], of: string) =>
      answers.filter(({ result }) => result === of).length;
    const [zone] = await sql<{ inside: number }[]>`select inside from zones where event_id = ${event.eventId}`;
    const faults: string[] = [];
    for (const invariant of checkInInvariants)
      if (pools[0] !== undefined) faults.push(...(await invariant.find(pools[0].db)));
    return {
      first: count(first, 'admitted'),
      refusals: [...new Set(first.map(({ result }) => result))].toSorted(),
      left: count(second, 'exited'),
      later: count(second, 'admitted') + count(third, 'admitted'),
      inside: zone?.inside,
      faults,
    };
  } finally {
    for (const pool of pools) await pool.close();
    await sql.end();
  }
}

const readThenWrite: readonly Edit[] = [
  [
    /update zones set inside = inside \+ 1\s+where event_id = p_event_id and id = v_scan.zone_id and \(capacity is null or inside < capacity\);/,
    `perform pg_sleep(0.002) from zones
        where event_id = p_event_id and id = v_scan.zone_id and (capacity is null or inside < capacity);`,
  ],
  [
    "v_scan.result := 'admitted';",
    `v_scan.result := 'admitted';
      update zones set inside = inside + 1 where event_id = p_event_id and id = v_scan.zone_id;`,
  ],
];

describe('a zone with a capacity, entered at three gates at once', () => {
  it('is full at its capacity, and admits as many more as have left', () =>
    inDatabase(async (database) => {
      expect(await rush(database)).toEqual({
        first: capacity,
        refusals: ['admitted', 'zone_full'],
        left: 5,
        later: 5,
        inside: capacity,
        faults: [],
      });
    }));

  it('control: with a count that is read before it is written, more people enter', asControl, () =>
    inDatabase(async (database) => {
      await withoutGuard(database.directUrl, 'check_in_tickets', [
        [
          'perform from zones where event_id = p_event_id order by id for no key update;',
          'perform from zones where event_id = p_event_id;',
        ],
      ]);
      await withoutGuard(database.directUrl, 'settle_scan', readThenWrite);
      expect((await rush(database)).first).toBeGreaterThan(capacity);
    }),
  );
});
