import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { scanTicket } from '../../src/check-in/index.ts';
import { checkInInvariants } from '../../src/check-in/invariants.ts';
import { type Change, hearChanges } from '../../src/platform/changes.ts';
import { encodeBase32 } from '../../src/platform/text/base32.ts';
import { type DoorEvent, addDoorEvent, addTickets } from '../../testkit/check-in/door-event.ts';
import { testTicketKeys } from '../../testkit/check-in/ticket-keys.ts';
import { useDoorDatabase } from './support/door-database.ts';

const { sql, open, scans } = await useDoorDatabase();
const event = await addDoorEvent(sql);
const staff = actorOf(event);

afterAll(async () => {
  for (const invariant of checkInInvariants) expect(await invariant.find(open.db)).toEqual([]);
});

const hour = 3_600_000;

function actorOf(of: DoorEvent, id = 'stf_1'): Actor {
  return {
    kind: 'staff',
    id,
    organizerId: of.organizerId,
    organizerSlug: of.organizerSlug,
    role: 'door',
    sessionId: 'ses_1',
  };
}

const scan = (
  code: string,
  more: { gate?: string; direction?: 'entry' | 'exit'; scanId?: string; at?: DoorEvent } = {},
) =>
  scanTicket({ scans, ticketKeys: testTicketKeys(open.db) }, staff, {
    eventId: (more.at ?? event).eventId,
    code,
    scanId: more.scanId ?? randomUUID(),
    gate: more.gate,
    direction: more.direction,
  });

async function one(of: DoorEvent = event, options = {}) {
  const [ticket] = await addTickets(sql, of, 1, options);
  if (ticket === undefined) throw new Error('no ticket');
  return ticket;
}

describe('a ticket enters once', () => {
  it('admits, then reports when and where it first entered', async () => {
    const ticket = await one();
    const first = await scan(ticket.code, { gate: 'North' });
    expect(first).toMatchObject({ result: 'admitted', ticketId: ticket.id, ticketCategory: 'Regular', firstAt: null });
    const second = await scan(ticket.code, { gate: 'South' });
    expect(second).toMatchObject({ result: 'already_used', firstGate: 'North' });
    expect(Date.parse(second.firstAt ?? '')).toBe(Date.parse(first.at));
  });

  it('readmits only a ticket that left, and lets out only a ticket that is inside', async () => {
    const ticket = await one();
    expect((await scan(ticket.code, { direction: 'exit' })).result).toBe('invalid');
    expect((await scan(ticket.code)).result).toBe('admitted');
    expect((await scan(ticket.code, { direction: 'exit' })).result).toBe('exited');
    expect((await scan(ticket.code, { direction: 'exit' })).result).toBe('already_used');
    expect((await scan(ticket.code)).result).toBe('admitted');
    expect((await scan(ticket.code)).result).toBe('already_used');
  });

  it('gives a repeated scan id its first answer, whatever happened since', async () => {
    const ticket = await one();
    const other = await one();
    const scanId = randomUUID();
    const first = await scan(ticket.code, { scanId });
    await scan(ticket.code, { direction: 'exit' });
    await sql`update tickets set status = 'revoked', revoked_at = now() where id = ${ticket.id}`;
    const again = await scan(ticket.code, { scanId });
    expect(again).toEqual({ ...first, replayed: true });
    expect((await scan(other.code)).result).toBe('admitted');
  });

  it('keeps the scan ids of two devices apart', async () => {
    const [ticket, other] = [await one(), await one()];
    const scanId = randomUUID();
    expect((await scan(ticket.code, { scanId })).result).toBe('admitted');
    const second = await scanTicket({ scans, ticketKeys: testTicketKeys(open.db) }, actorOf(event, 'stf_2'), {
      eventId: event.eventId,
      code: other.code,
      scanId,
    });
    expect(second).toMatchObject({ result: 'admitted', ticketId: other.id });
  });
});

it('tells open pages of each scan of a ticket, and of no unknown code', async () => {
  const told: Change[] = [];
  const stop = hearChanges((change) => void told.push(change));
  const ticket = await one();
  for (const code of [ticket.code, ticket.code, '0'.repeat(26)]) await scan(code);
  stop();
  expect(told).toEqual([1, 1].map((scans) => ({ eventId: event.eventId, scans })));
});

describe('refusals', () => {
  it('refuses a ticket from the moment it is revoked', async () => {
    const ticket = await one();
    await sql`update tickets set status = 'revoked', revoked_at = now() where id = ${ticket.id}`;
    expect((await scan(ticket.code)).result).toBe('revoked');
  });

  it('refuses every ticket of an event that was called off', async () => {
    const calledOff = await addDoorEvent(sql, { ...event, status: 'cancelled' });
    expect((await scan((await one(calledOff)).code, { at: calledOff })).result).toBe('revoked');
  });

  it('refuses a ticket of an unpaid order', async () => {
    expect((await scan((await one(event, { status: 'pending_payment' })).code)).result).toBe('not_paid');
  });

  it('distinguishes a ticket of the organiser’s other event from a ticket of another organiser (S06)', async () => {
    const other = await addDoorEvent(sql, event);
    const foreign = await addDoorEvent(sql);
    expect((await scan((await one(other)).code)).result).toBe('wrong_event');
    expect((await scan((await one(foreign)).code)).result).toBe('invalid');
    const atForeign = await one(foreign);
    expect(await scan(atForeign.code, { at: foreign })).toMatchObject({ result: 'invalid', ticketId: null });
    expect(await scan(atForeign.code, { at: { ...foreign, eventId: 'evt_00000000' } })).toMatchObject({
      result: 'invalid',
    });
    const [{ written } = { written: -1 }] = await sql<{ written: number }[]>`
      select count(*)::int as written from scans where event_id = ${foreign.eventId}`;
    expect(written).toBe(0);
  });

  it('admits only within the times of the event and of the category', async () => {
    const early = await addDoorEvent(sql, { ...event, doorsOpenAt: new Date(Date.now() + hour) });
    const late = await addDoorEvent(sql, {
      ...event,
      doorsOpenAt: new Date(Date.now() - 2 * hour),
      endsAt: new Date(Date.now() - hour),
    });
    const mixed = await addDoorEvent(sql, {
      ...event,
      categories: [
        { name: 'Evening', entryOpensAt: new Date(Date.now() + hour) },
        { name: 'Morning', entryClosesAt: new Date(Date.now() - hour / 2) },
      ],
    });
    expect((await scan((await one(early)).code, { at: early })).result).toBe('too_early');
    expect((await scan((await one(late)).code, { at: late })).result).toBe('too_late');
    const [evening, morning] = mixed.categoryIds;
    expect((await scan((await one(mixed, { categoryId: evening })).code, { at: mixed })).result).toBe('too_early');
    expect((await scan((await one(mixed, { categoryId: morning })).code, { at: mixed })).result).toBe('too_late');
  });

  it('admits categories at their gates only, by id and by name', async () => {
    const place = await addDoorEvent(sql, { ...event, categories: [{ name: 'VIP' }, { name: 'Regular' }] });
    const [vip = '', regular = ''] = place.categoryIds;
    await sql`insert into gates (event_id, id, name, name_key, ticket_category_ids)
      values (${place.eventId}, 'gat_00000000000000000001', 'VIP door', 'vipdoor', ${[vip]})`;
    const ticket = await one(place, { categoryId: regular });
    expect((await scan(ticket.code, { at: place, gate: 'vip DOOR' })).result).toBe('wrong_gate');
    expect((await scan(ticket.code, { at: place, gate: 'gat_00000000000000000001' })).result).toBe('wrong_gate');
    expect((await scan(ticket.code, { at: place, gate: 'Main' })).result).toBe('admitted');
    expect((await scan((await one(place, { categoryId: vip })).code, { at: place, gate: 'VIP door' })).result).toBe(
      'admitted',
    );
  });

  it('refuses a device that scans for another event than its own', async () => {
    const device: Actor = { ...staff, kind: 'device', id: 'dev_1', role: 'door', eventId: 'evt_00000000' };
    await expect(
      scanTicket({ scans, ticketKeys: testTicketKeys(open.db) }, device, {
        eventId: event.eventId,
        code: 'X',
        scanId: 'a',
      }),
    ).rejects.toMatchObject({ code: 'check_in.other_event' });
  });
});

/** Crockford's alphabet reads these as one, because people and printers confuse them. */
const readsAs = (letter: string) => ({ O: '0', I: '1', L: '1' })[letter] ?? letter;

describe('forged codes', () => {
  it('case, spaces and hyphens do not matter', async () => {
    const ticket = await one();
    const typed = `${ticket.code.slice(0, 13)} - ${ticket.code.slice(13)}`.toLowerCase();
    expect((await scan(typed)).result).toBe('admitted');
  });

  it('accepts none of 5,000 mutations', async () => {
    const ticket = await one();
    const bytes = ticket.code.split('');
    const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZILOU*=';
    const mutations = new Set<string>([
      '',
      ' ',
      '\0'.replace('\0', '?'),
      `${ticket.code}0`,
      ticket.code.slice(1),
      ticket.id,
    ]);
    for (let index = 0; index < bytes.length; index += 1) {
      for (const letter of alphabet) {
        if (readsAs(letter) !== bytes[index])
          mutations.add(ticket.code.slice(0, index) + letter + ticket.code.slice(index + 1));
      }
      mutations.add(ticket.code.slice(0, index) + ticket.code.slice(index + 1));
    }
    while (mutations.size < 5000) mutations.add(encodeBase32(randomBytes(16)));
    mutations.add(bytes.toReversed().join(''));
    const forged = [...mutations];
    const atOnce = 500;
    for (let from = 0; from < forged.length; from += atOnce) {
      const answers = await Promise.all(forged.slice(from, from + atOnce).map((code) => scan(code)));
      expect(new Set(answers.map((answer) => answer.result))).toEqual(new Set(['invalid']));
    }
    expect((await scan(ticket.code)).result).toBe('admitted');
  });
});
