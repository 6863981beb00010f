import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexOrders } from '../../src/orders/index.ts';
import { type DoorEvent, type HeldTicket, addDoorEvent, addTickets } from '../../testkit/check-in/door-event.ts';
import { type Door, openDoor } from '../../testkit/check-in/door.ts';
import { silentLog } from '../../testkit/processes/worker.ts';

/**
 * Guards that a guest without a code is found at the door, and that the door learns nothing that it does not know
 * already.
 */

let opened: Door;
let call: Door['call'];
let device: string;
/** One event without names, one with. */
let hidden: DoorEvent;
let shown: DoorEvent;
let ayu: Record<'hidden' | 'shown', HeldTicket[]>;

const phone = '+6281234567890';
const buyer = { name: 'Ayu Lestari', phone };
/** As people write one number. */
const writings = [
  '+6281234567890',
  '081234567890',
  '0812-3456-7890',
  '0812 3456 7890',
  '6281234567890',
  '62 812-3456-7890',
  '+62 (0)812 3456 7890',
  '+62 0812.3456.7890',
  '0062 812 3456 7890',
  '81234567890',
  '\u202a+62 812‑3456‑7890\u202c',
  '０８１２３４５６７８９０',
];

type Found = {
  status: string;
  admission: { inside: boolean } | null;
  guest: { ticketId: string; name: string | null };
};

beforeAll(async () => {
  opened = await openDoor([{ name: 'Regular' }]);
  call = opened.call;
  hidden = opened.event;
  shown = await addDoorEvent(opened.sql, hidden);
  await opened.sql`insert into door_settings (event_id, shows_names) values (${shown.eventId}, true)`;
  ayu = { hidden: [], shown: [] };
  for (const [name, event] of [
    ['hidden', hidden],
    ['shown', shown],
  ] as const) {
    ayu[name] = await addTickets(opened.sql, event, 2, { buyer });
    await addTickets(opened.sql, event, 1, { buyer: { name: 'Budi Santoso', phone: '+6281234567000' } });
  }
  await indexOrders({ db: opened.open.db, log: silentLog, clock: { now: () => new Date(Date.now() + 60_000) } });
  device = await opened.addKey(hidden, 'door');
});
afterAll(() => opened.close());

async function search(q: string, event = hidden): Promise<Found[]> {
  const { status, body } = await call(device, 'POST', `/v1/events/${event.eventId}/guest-searches`, { q });
  expect([q, status]).toEqual([q, 200]);
  return body.data;
}
const idsOf = async (q: string, event = hidden) => (await search(q, event)).map(({ guest }) => guest.ticketId).sort();
const ids = (tickets: readonly HeldTicket[]) => tickets.map(({ id }) => id).sort();
const codeOf = (tickets: readonly HeldTicket[]) => tickets[0]?.orderId.slice(-10) ?? '';

describe('POST /v1/events/{id}/guest-searches', () => {
  it.each(writings)('finds the tickets of a number that is written %s', async (written) => {
    for (const name of ['hidden', 'shown'] as const) {
      expect(await idsOf(written, { hidden, shown }[name])).toEqual(ids(ayu[name]));
    }
  });

  it('without names finds by a whole number or code only, and answers with no name', async () => {
    const code = codeOf(ayu.hidden);
    expect(await idsOf(`${code.slice(0, 5)}-${code.slice(5).toLowerCase()}`)).toEqual(ids(ayu.hidden));
    for (const part of [
      '7890',
      '34567890',
      '0812 3456',
      code.slice(0, 8),
      'ayu',
      'Ayu Lestari',
      'buyer@example.test',
      '%',
    ]) {
      expect([part, await search(part)]).toEqual([part, []]);
    }
    const text = JSON.stringify(await search(phone));
    expect(text).not.toMatch(/Ayu|34567890|@/);
    expect((await search(phone)).map(({ guest }) => guest.name)).toEqual([null, null]);
  });

  it('with names also finds by the beginning of a name or code and by last digits, and never answers with a number', async () => {
    for (const q of ['ayu', 'LESTARI', 'ayu les', codeOf(ayu.shown).slice(0, 9), '7890', '0812 34567890']) {
      expect([q, await idsOf(q, shown)]).toEqual([q, ids(ayu.shown)]);
    }
    for (const q of ['yu', '3456', '890', '%7890', 'buyer@example.test']) {
      expect([q, await search(q, shown)]).toEqual([q, []]);
    }
    const found = await search('ayu', shown);
    expect(found.map(({ guest }) => guest.name)).toEqual(['Ayu Lestari', 'Ayu Lestari']);
    // Any four digits may stand in a hash or an id by chance.
    expect(JSON.stringify(found).replaceAll(/[0-9a-f]{64}|[a-z]{3}_[0-9A-Z]{8,}/g, '')).not.toMatch(/7890|@/);
  });

  it('forgives one mistake in a name, a whole code or a whole number, says so, and lists no near guest beside an exact one', async () => {
    const near = async (q: string, event = shown) => {
      const { body } = await call(device, 'POST', `/v1/events/${event.eventId}/guest-searches`, { q });
      return [q, body.match, body.data.map(({ guest }: Found) => guest.ticketId).sort()];
    };
    const code = codeOf(ayu.shown);
    const other = code.startsWith('7') ? '8' : '7';
    const names = ['lestri', 'lesttari', 'letsari', 'leztari', 'LEST4RI', 'lestr', 'ayu lestri', 'lestri ayu'];
    const codes = [other + code.slice(1), code.slice(1), `${code}7`];
    const numbers = ['0812 3456 7898', '0812 3456 789', '0812 3456 78900', '0812 3456 7809', '62821 3456 7890'];

    for (const q of [...names, ...codes, ...numbers]) expect(await near(q)).toEqual([q, 'similar', ids(ayu.shown)]);
    // Two mistakes, a short word, one of two words, and the end of a number.
    for (const q of ['lestr1i', 'auy', 'ayu sintoso', 'ayi lestari', '7891'])
      expect(await near(q)).toEqual([q, 'similar', []]);
    const [lastari] = await addTickets(opened.sql, shown, 1, { buyer: { name: 'Lastari', phone: '+6281234560001' } });
    await indexOrders({ db: opened.open.db, log: silentLog, clock: { now: () => new Date(Date.now() + 60_000) } });
    expect(await near('lastari')).toEqual(['lastari', 'exact', [lastari?.id]]);
    expect(await near('lestari')).toEqual(['lestari', 'exact', ids(ayu.shown)]);
    expect(await near('listari')).toEqual(['listari', 'similar', [...ids(ayu.shown), lastari?.id].sort()]);
  });

  it('without names forgives a mistake in a code only: staff could not see that a number is somebody else’s', async () => {
    const code = codeOf(ayu.hidden);
    const other = code.startsWith('7') ? '8' : '7';
    expect(await idsOf(other + code.slice(1))).toEqual(ids(ayu.hidden));
    for (const q of ['0812 3456 7898', '0812 3456 789', 'lestri', code.slice(0, 8)])
      expect([q, await search(q)]).toEqual([q, []]);
  });

  it('says who is inside, and finds by the number no ticket that was given away', async () => {
    const [first, given] = await addTickets(opened.sql, shown, 2, {
      buyer: { name: 'Citra', phone: '+6281233334444' },
    });
    await indexOrders({ db: opened.open.db, log: silentLog, clock: { now: () => new Date(Date.now() + 60_000) } });
    await call(device, 'POST', '/v1/check-ins', { eventId: shown.eventId, scanId: 'guest-1', ticketId: first?.id });
    await opened.sql`
      update tickets set times_transferred = 1, holder_name = 'Dewi', named_at = now() where id = ${given?.id ?? ''}`;
    expect(await search('0812 3333 4444', shown)).toMatchObject([
      { status: 'live', admission: { inside: true }, guest: { ticketId: first?.id, partySize: 2 } },
    ]);
    expect(await idsOf('citra', shown)).toEqual([first?.id]);
    const list = (await call(device, 'GET', `/v1/events/${shown.eventId}/door-list`)).body.data as {
      guest: { ticketId: string; phoneEnd: string | null };
    }[];
    const endOf = (ticket: HeldTicket | undefined) => list.find(({ guest }) => guest.ticketId === ticket?.id)?.guest;
    expect([endOf(first)?.phoneEnd, endOf(given)?.phoneEnd]).toEqual(['4444', null]);
  });

  it('neither who gave a ticket away nor who got it claims the one of the other where the door sees no names', async () => {
    const giver = { name: 'Eka', phone: '+6281255556666' };
    for (const event of [hidden, shown]) {
      const [own, given] = await addTickets(opened.sql, event, 2, { buyer: giver });
      await indexOrders({ db: opened.open.db, log: silentLog, clock: { now: () => new Date(Date.now() + 60_000) } });
      const code = codeOf(own === undefined ? [] : [own]);
      expect(await idsOf(code, event)).toEqual([own?.id, given?.id].sort());
      await opened.sql`
        update tickets set times_transferred = 1, holder_name = 'Fitri', named_at = now() where id = ${given?.id ?? ''}`;
      expect(await idsOf(giver.phone, event)).toEqual([own?.id]);
      const found = (await search(code, event)).map(({ guest }) => guest.name).sort();
      // The new holder knows the code as well as the buyer: it is in the id of the ticket.
      expect(found).toEqual(event === shown ? ['Eka', 'Fitri'] : []);
    }
  });

  it('is for those who work at this door, and refuses what cannot be sought', async () => {
    const path = `/v1/events/${hidden.eventId}/guest-searches`;
    const stranger = await opened.addKey(await addDoorEvent(opened.sql), 'door');
    const elsewhere = await opened.addDevice(shown);
    expect((await call(undefined, 'POST', path, { q: phone })).status).toBe(401);
    expect((await call(stranger, 'POST', path, { q: phone })).body.code).toBe('event.not_found');
    expect((await call(device, 'POST', '/v1/events/evt_00000000/guest-searches', { q: phone })).body.code).toBe(
      'event.not_found',
    );
    expect((await call(elsewhere, 'POST', path, { q: phone })).body.code).toBe('check_in.other_event');
    for (const body of [{}, { q: '' }, { q: 'a\nb' }, { q: 'x'.repeat(101) }, { q: 7890 }, { q: phone, limit: 9999 }]) {
      expect((await call(device, 'POST', path, body)).body.code).toBe('request.invalid');
    }
  });
});
