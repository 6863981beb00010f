import { createHash, randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DoorEvent, addDoorEvent, addTickets } from '../../testkit/check-in/door-event.ts';
import { type Door, openDoor } from '../../testkit/check-in/door.ts';

let opened: Door;
let sql: Door['sql'];
let event: DoorEvent;
let foreign: DoorEvent;
let door: string;
let device: string;
let call: Door['call'];
let scan: Door['scan'];
let one: Door['ticket'];

beforeAll(async () => {
  opened = await openDoor([{ name: 'VIP' }, { name: 'Regular' }]);
  ({ sql, event, call, scan, ticket: one } = opened);
  foreign = await addDoorEvent(sql);
  door = await opened.addKey(event, 'door');
  device = await opened.addDevice(event);
});

afterAll(() => opened.close());

const hashOf = (code: string) => createHash('sha256').update(code).digest('hex');

describe('GET /v1/events/{id}/door-list', () => {
  it('pages through all tickets, then returns what has changed, without personal data', async () => {
    const place = await addDoorEvent(sql, event);
    const key = await opened.addDevice(place);
    const tickets = await addTickets(sql, place, 25);
    const known = new Map<string, string>();
    const read = async (cursor?: string) => {
      const query = cursor === undefined ? '?limit=10' : `?limit=10&cursor=${encodeURIComponent(cursor)}`;
      const { status, body } = await call(key, 'GET', `/v1/events/${place.eventId}/door-list${query}`);
      expect(status).toBe(200);
      for (const entry of body.data) known.set(entry.codeSha256, entry.status);
      return body;
    };
    let body = await read();
    let pages = 1;
    for (; body.nextCursor !== null; pages += 1) body = await read(body.nextCursor);
    expect(pages).toBe(3);
    expect([...known.keys()].sort()).toEqual(tickets.map((ticket) => hashOf(ticket.code)).sort());
    expect(JSON.stringify(body)).not.toMatch(/buyer|@|\+62/);
    const [revoked] = tickets;
    await sql`update tickets set status = 'revoked', revoked_at = now() where id = ${revoked?.id ?? ''}`;
    const [added] = await addTickets(sql, place, 1);
    for (body = await read(body.syncCursor); body.nextCursor !== null; ) body = await read(body.nextCursor);
    expect(known.get(hashOf(revoked?.code ?? ''))).toBe('revoked');
    expect(known.get(hashOf(added?.code ?? ''))).toBe('live');
  });

  it('comes compressed to a client that accepts this', async () => {
    const place = await addDoorEvent(sql, event);
    const key = await opened.addDevice(place);
    await addTickets(sql, place, 100);
    const bytesFor = async (encoding: string) => {
      const answer = await opened.read(key, `/v1/events/${place.eventId}/door-list`, { 'accept-encoding': encoding });
      return { encoding: answer.headers.get('content-encoding'), bytes: Buffer.from(await answer.arrayBuffer()) };
    };
    const [plain, packed] = [await bytesFor('identity'), await bytesFor('gzip')];
    expect([plain.encoding, packed.encoding]).toEqual([null, 'gzip']);
    expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 2);
    const entries = ({ data }: { data: unknown }) => data;
    expect(entries(JSON.parse(gunzipSync(packed.bytes).toString()))).toEqual(
      entries(JSON.parse(plain.bytes.toString())),
    );
  });

  it('returns after a cursor what was scanned and replaced since, with the current state', async () => {
    const place = await addDoorEvent(sql, event);
    const key = await opened.addDevice(place);
    const tickets = await addTickets(sql, place, 3);
    const path = `/v1/events/${place.eventId}/door-list`;
    const first = (await call(key, 'GET', path)).body;
    expect(first.data).toHaveLength(3);
    expect(
      first.data.every(
        (entry: { admission: unknown; guest: unknown }) => entry.admission === null && entry.guest === null,
      ),
    ).toBe(true);
    const [scanned, corrected] = tickets;
    // Older than the overlap of two reads, so that only changes are listed again.
    await sql`update tickets set issued_at = now() - interval '1 hour' where event_id = ${place.eventId}`;
    await scan(key, { eventId: place.eventId, code: scanned?.code, gate: 'North' });
    await sql`update tickets set code = ${randomBytes(16)} where id = ${corrected?.id ?? ''}`;
    const delta = (await call(key, 'GET', `${path}?cursor=${encodeURIComponent(first.syncCursor)}`)).body;
    const byHash = new Map<string, { status: string; admission: unknown }>();
    for (const entry of delta.data) byHash.set(entry.codeSha256, entry);
    expect(byHash.size).toBe(3);
    expect(byHash.get(hashOf(scanned?.code ?? ''))).toMatchObject({
      status: 'live',
      admission: { gate: 'North', inside: true },
    });
    expect(byHash.get(hashOf(corrected?.code ?? ''))?.status).toBe('replaced');
    // A transaction that took long, and has the time of its beginning.
    await sql`update tickets set named_at = now() - interval '20 seconds' where id = ${tickets[2]?.id ?? ''}`;
    const { body: late } = await call(key, 'GET', `${path}?cursor=${encodeURIComponent(first.syncCursor)}`);
    expect(late.data).toContainEqual(expect.objectContaining({ codeSha256: hashOf(tickets[2]?.code ?? '') }));
    const [{ codes } = { codes: 0 }] =
      await sql`select codes_before as codes from tickets where id = ${corrected?.id ?? ''}`;
    expect(codes).toBe(1);
  });

  it('has names only where the organiser allows them, and the entry rules of each category', async () => {
    const place = await addDoorEvent(sql, event);
    const manager = await opened.addKey(place, 'manager');
    const key = await opened.addDevice(place);
    await addTickets(sql, place, 2);
    const settings = `/v1/organizers/${place.organizerSlug}/events/${place.eventId}/door-settings`;
    expect((await call(manager, 'GET', settings)).body).toEqual({ showsNames: false, categoryNotes: {} });
    const [category = ''] = place.categoryIds;
    const changes = { showsNames: true, categoryNotes: { [category]: 'Blue wristband' } };
    expect((await call(manager, 'PATCH', settings, changes)).body).toEqual(changes);
    const unknown = { categoryNotes: { [event.categoryIds[0] ?? '']: 'x' } };
    expect((await call(manager, 'PATCH', settings, unknown)).body.code).toBe('gate.category_unknown');
    expect((await call(key, 'PATCH', settings, changes)).status).toBe(403);
    const { body } = await call(key, 'GET', `/v1/events/${place.eventId}/door-list`);
    expect(body).toMatchObject({ showsNames: true, categories: [{ doorNote: 'Blue wristband' }] });
    expect(body.data[0].guest).toMatchObject({
      name: 'Buyer',
      phoneEnd: expect.stringMatching(/^\d{4}$/),
      partySize: 2,
    });
    expect(JSON.stringify(body)).not.toMatch(/@|\+62/);
    // The number is the buyer's, who has given the ticket away.
    await sql`update tickets set times_transferred = 1, holder_name = 'Dewi', named_at = now() where event_id = ${place.eventId}`;
    const given = (await call(key, 'GET', `/v1/events/${place.eventId}/door-list`)).body;
    expect(given.data[0].guest).toMatchObject({ name: 'Dewi', phoneEnd: null });
  });

  it('is for staff and devices of the event; a forged cursor is refused', async () => {
    const at = (id: string, query = '') => `/v1/events/${id}/door-list${query}`;
    expect((await call(door, 'GET', at(foreign.eventId))).body.code).toBe('event.not_found');
    expect((await call(door, 'GET', at('evt_00000000'))).body.code).toBe('event.not_found');
    expect((await call(device, 'GET', at(foreign.eventId))).status).toBe(403);
    expect((await call(undefined, 'GET', at(event.eventId))).status).toBe(401);
    for (const keys of [['x', '', ''], ['2026-13-45T00:00:00Z', '', ''], ['', '', "'; drop"], ['a']]) {
      const cursor = Buffer.from(JSON.stringify(keys)).toString('base64url');
      expect((await call(door, 'GET', at(event.eventId, `?cursor=${cursor}`))).status).toBe(400);
      expect((await call(door, 'GET', `/v1/events/${event.eventId}/check-ins/conflicts?cursor=${cursor}`)).status).toBe(
        400,
      );
    }
    expect((await call(door, 'GET', at(event.eventId, '?limit=2001'))).status).toBe(400);
  });
});

describe('GET /v1/events/{id}/check-ins/summary', () => {
  it('counts per category and gate', async () => {
    const place = await addDoorEvent(sql, { ...event, categories: [{ name: 'VIP' }, { name: 'Regular' }] });
    const key = await opened.addDevice(place);
    const [vip, regular] = place.categoryIds;
    const tickets = [await one(place, vip), await one(place, regular), await one(place, regular)];
    const at = (code: string, gate: string, direction = 'entry') =>
      scan(key, { eventId: place.eventId, code, gate, direction });
    await at(tickets[0]?.code ?? '', 'North');
    await at(tickets[1]?.code ?? '', 'South');
    await at(tickets[1]?.code ?? '', 'South', 'exit');
    await at(tickets[0]?.code ?? '', 'South');
    const { body } = await call(key, 'GET', `/v1/events/${place.eventId}/check-ins/summary`);
    expect(body).toMatchObject({
      tickets: 3,
      admitted: 2,
      inside: 1,
      conflicts: 0,
      categories: [
        { name: 'VIP', tickets: 1, admitted: 1, inside: 1 },
        { name: 'Regular', tickets: 2, admitted: 1, inside: 0 },
      ],
      gates: [
        { gate: 'South', entries: 1, exits: 1, refused: 1, conflicts: 0 },
        { gate: 'North', entries: 1, exits: 0, refused: 0, conflicts: 0 },
      ],
    });
  });
});
