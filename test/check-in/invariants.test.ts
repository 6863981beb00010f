import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createScanLane, hasAdmissions, scanTicket } from '../../src/check-in/index.ts';
import { checkInInvariants } from '../../src/check-in/invariants.ts';
import { type HeldTicket, addDoorEvent, addTickets } from '../../testkit/check-in/door-event.ts';
import { testTicketKeys } from '../../testkit/check-in/ticket-keys.ts';
import { useDoorDatabase } from './support/door-database.ts';

/** Each truth names the row that breaks it (E13). */

const { sql, open } = await useDoorDatabase();
const event = await addDoorEvent(sql);
let ticket: HeldTicket;

beforeEach(async () => {
  await sql`delete from scans`;
  await sql`delete from admissions`;
  const [added] = await addTickets(sql, event, 1);
  if (added === undefined) throw new Error('no ticket');
  ticket = added;
  const scans = createScanLane({ db: open.db, flushesMax: 2 });
  await scanTicket(
    { scans, ticketKeys: testTicketKeys(open.db) },
    { ...event, kind: 'device', id: 'dev_1', role: 'door' },
    {
      eventId: event.eventId,
      code: ticket.code,
      scanId: randomUUID(),
    },
  );
});

async function broken(): Promise<string[]> {
  const names: string[] = [];
  for (const invariant of checkInInvariants) {
    const sentences = await invariant.find(open.db);
    if (sentences.length > 0) names.push(invariant.name);
    for (const sentence of sentences) expect(sentence).toContain(ticket.id);
  }
  return names;
}

describe('the audit of the door', () => {
  it('finds nothing when nothing is wrong', async () => {
    expect(await broken()).toEqual([]);
    expect(await hasAdmissions(open.db, event.eventId, ticket.orderId)).toBe(true);
    expect(await hasAdmissions(open.db, event.eventId, 'ord_other')).toBe(false);
  });

  it.each([
    [
      'a scan that admitted and left no admission',
      () => sql`delete from admissions`,
      'check_in.admissions_match_scans',
    ],
    ['an admission that no scan made', () => sql`delete from scans`, 'check_in.first_scan_kept'],
    [
      'a second admitted scan',
      () => sql`insert into scans (event_id, actor_id, device_id, scan_id, content, ticket_id, direction, result, passed, scanned_at)
      values (${event.eventId}, 'dev_2', 'dev_2', 'x', '', ${ticket.id}, 'entry', 'admitted', true, now())`,
      'check_in.admissions_match_scans',
    ],
    ['somebody inside who left', () => sql`update admissions set inside = false`, 'check_in.admissions_match_scans'],
    ['a gate that was changed', () => sql`update admissions set gate = 'another'`, 'check_in.first_scan_kept'],
    [
      'a ticket revoked before it entered',
      () => sql`update tickets set status = 'revoked', revoked_at = now() - interval '1 hour'
      where id = ${ticket.id}`,
      'check_in.only_good_tickets',
    ],
    [
      'a ticket that does not exist',
      () => sql`delete from tickets where id = ${ticket.id}`,
      'check_in.only_good_tickets',
    ],
  ])('names %s', async (_, corrupt, name) => {
    await corrupt();
    expect(await broken()).toContain(name);
  });

  it('reports a zone whose count is wrong', async () => {
    await sql`insert into zones (event_id, id, name, name_key, inside) values (${event.eventId}, 'zon_1', 'A', 'a', 3)`;
    const counted = checkInInvariants.find(({ name }) => name === 'check_in.zones_counted');
    expect(await counted?.find(open.db)).toEqual(['zone zon_1: counts 3 people, admissions say 0']);
    await sql`delete from zones`;
  });
});
