import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DoorEvent, addDoorEvent, addTickets } from '../../testkit/check-in/door-event.ts';
import { type Door, openDoor } from '../../testkit/check-in/door.ts';

let opened: Door;
let sql: Door['sql'];
let event: DoorEvent;
let foreign: DoorEvent;
let door: string;
let manager: string;
let device: string;
let call: Door['call'];
let scan: Door['scan'];
let one: Door['ticket'];

beforeAll(async () => {
  opened = await openDoor([{ name: 'VIP' }, { name: 'Regular' }]);
  ({ sql, event, call, scan, ticket: one } = opened);
  foreign = await addDoorEvent(sql);
  door = await opened.addKey(event, 'door');
  manager = await opened.addKey(event, 'manager');
  device = await opened.addDevice(event);
});

afterAll(() => opened.close());

describe('POST /v1/check-ins', () => {
  it('answers as the contract says', async () => {
    const ticket = await one();
    const first = await scan(device, { code: ticket.code, gate: 'North' });
    expect(first).toEqual({
      status: 200,
      body: {
        result: 'admitted',
        ticket: { id: ticket.id, ticketCategoryId: event.categoryIds[0], ticketCategory: 'VIP' },
      },
    });
    const second = await scan(door, { code: ticket.code.toLowerCase(), gate: 'South' });
    expect(second.body).toMatchObject({ result: 'already_used', firstAdmission: { gate: 'North' } });
    expect(second.body.firstAdmission.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it("shows the holder's name, the party and the note of the category, only where the organiser allows names", async () => {
    const place = await addDoorEvent(sql, event);
    const key = await opened.addDevice(place);
    const own = await opened.addKey(place, 'manager');
    const [named, plain] = await addTickets(sql, place, 3);
    if (named === undefined || plain === undefined) throw new Error('three tickets');
    await sql`update tickets set holder_name = 'Budi Santoso', named_at = now(), times_named = 1 where id = ${named.id}`;
    const at = (code: string, scanId: string) =>
      call(key, 'POST', '/v1/check-ins', { eventId: place.eventId, code, scanId });
    const without = await at(named.code, 'first');
    expect([without.body.result, without.body.guest, without.body.note]).toEqual(['admitted', undefined, undefined]);
    expect(JSON.stringify(without.body)).not.toMatch(/Budi|Buyer|@/);

    const settings = `/v1/organizers/${place.organizerSlug}/events/${place.eventId}/door-settings`;
    const categoryNotes = { [place.categoryIds[0] ?? '']: 'Gelang biru' };
    await call(own, 'PATCH', settings, { categoryNotes });
    const noted = (await at(plain.code, 'second')).body;
    expect([noted.note, noted.guest]).toEqual(['Gelang biru', undefined]);

    await call(own, 'PATCH', settings, { showsNames: true });
    const again = (await at(named.code, 'third')).body;
    expect(again).toMatchObject({ result: 'already_used', guest: { name: 'Budi Santoso', partySize: 3 } });
    expect((await at(plain.code, 'fourth')).body.guest).toMatchObject({
      name: 'Buyer',
      orderCode: again.guest.orderCode,
    });
    // A repeated scan gets the same answer.
    expect((await at(named.code, 'third')).body).toEqual(again);
    expect((await at('ABCDEFGHJKMNPQRSTVWXYZ0123', 'fifth')).body).toEqual({ result: 'invalid' });
    // Another organiser's ticket, and our own for a stranger, reveal nothing.
    const theirs = await one(foreign);
    expect((await at(theirs.code, 'sixth')).body).toEqual({ result: 'invalid' });
    const stranger = await opened.addKey(foreign, 'door');
    expect((await scan(stranger, { code: named.code, eventId: place.eventId })).body).toEqual({ result: 'invalid' });

    await call(own, 'PATCH', settings, { showsNames: false });
    expect((await at(named.code, 'third')).body.guest).toBeUndefined();
  });

  it('answers "invalid" instead of an error when the text is not a code', async () => {
    for (const code of [
      '',
      'x',
      'https://example.test/',
      '🎟️',
      "' or 1=1 --",
      'A'.repeat(1001),
      'A'.repeat(50_000),
      '\0',
      '\ud800',
    ]) {
      expect(await scan(door, { code })).toEqual({ status: 200, body: { result: 'invalid' } });
    }
  });

  it('refuses bad input and changes nothing', async () => {
    const ticket = await one();
    const good = { eventId: event.eventId, code: ticket.code, scanId: 'a' };
    const bad: unknown[] = [
      {},
      [],
      { ...good, eventId: 'evt_1' },
      { ...good, code: 7 },
      { ...good, code: null },
      { ...good, scanId: '' },
      { ...good, scanId: 'with space' },
      { ...good, scanId: 'x'.repeat(101) },
      { ...good, direction: 'sideways' },
      { ...good, gate: 'two\nlines' },
      { ...good, extra: 1 },
      `{"eventId":"${event.eventId}","code":"${ticket.code}","scanId":"a","gate":"\\u0000"}`,
      '{"a":',
    ];
    for (const body of bad) {
      const answer = await call(door, 'POST', '/v1/check-ins', body);
      expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid']);
    }
    const [row] = await sql`select count(*)::int as scans from scans where ticket_id = ${ticket.id}`;
    expect(row).toEqual({ scans: 0 });
  });

  it('requires a credential, and limits devices to their event (S06)', async () => {
    const ticket = await one();
    expect((await scan(undefined, { code: ticket.code })).status).toBe(401);
    expect((await scan('antre_key_made-up-made-up-made-up', { code: ticket.code })).status).toBe(401);
    const other = await addDoorEvent(sql, event);
    for (const eventId of [other.eventId, foreign.eventId, 'evt_00000000']) {
      const answer = await scan(device, { code: ticket.code, eventId });
      expect([answer.status, answer.body.code]).toEqual([403, 'check_in.other_event']);
    }
    const theirs = await one(foreign);
    expect((await scan(door, { code: theirs.code })).body).toEqual({ result: 'invalid' });
    expect((await scan(door, { code: theirs.code, eventId: foreign.eventId })).body).toEqual({ result: 'invalid' });
    expect(
      (await scan(await opened.addKey(foreign, 'door'), { code: theirs.code, eventId: foreign.eventId })).body,
    ).toMatchObject({
      result: 'admitted',
    });
  });
});

describe('POST /v1/check-ins/batch', () => {
  it('answers each scan in order and marks conflicts', async () => {
    const [ticket, other] = [await one(), await one()];
    await scan(door, { code: ticket.code, gate: 'Online' });
    const at = new Date(Date.now() - 600_000).toISOString();
    const body = {
      eventId: event.eventId,
      scans: [
        { code: other.code, scanId: 'b1', scannedAt: at, gate: 'East' },
        { code: ticket.code, scanId: 'b2', scannedAt: at, gate: 'East' },
        { code: 'nothing', scanId: 'b3', scannedAt: at },
      ],
    };
    const answer = await call(device, 'POST', '/v1/check-ins/batch', body);
    expect(answer.status).toBe(200);
    expect(answer.body.data).toMatchObject([
      { scanId: 'b1', result: 'admitted' },
      { scanId: 'b2', result: 'admitted', conflict: { gate: 'Online' } },
      { scanId: 'b3', result: 'invalid' },
    ]);
    expect((await call(device, 'POST', '/v1/check-ins/batch', body)).body).toEqual(answer.body);
    const conflicts = async (query: string) =>
      (await call(door, 'GET', `/v1/events/${event.eventId}/check-ins/conflicts?${query}`)).body.data;
    const [found] = await conflicts('limit=1');
    const others = { gate: 'East', scanId: 'b2', by: 'test' };
    expect(found).toMatchObject({ ticketId: ticket.id, gate: 'Online', by: 'test', other: others });
    // A phone asks for those of which it made one of the two scans.
    const devices: string[] = [found.deviceId, found.other.deviceId, 'another'];
    const own = await Promise.all(devices.map((deviceId) => conflicts(`deviceId=${deviceId}`)));
    expect(own).toEqual([[found], [found, expect.objectContaining({ scanId: 'b3' })], []]);
  });

  it('takes 500 scans at most, with times that make sense', async () => {
    const scans = Array.from({ length: 500 }, (_, index) => ({
      code: 'x',
      scanId: `s${index}`,
      scannedAt: '2026-01-01T00:00:00+07:00',
    }));
    expect((await call(door, 'POST', '/v1/check-ins/batch', { eventId: event.eventId, scans })).status).toBe(200);
    const more = [...scans, { ...scans[0], scanId: 'more' }];
    expect((await call(door, 'POST', '/v1/check-ins/batch', { eventId: event.eventId, scans: more })).status).toBe(400);
    for (const scannedAt of ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2026-02-30T00:00:00Z', 'now', 5]) {
      const answer = await call(door, 'POST', '/v1/check-ins/batch', {
        eventId: event.eventId,
        scans: [{ code: 'x', scanId: 'y', scannedAt }],
      });
      expect(answer).toMatchObject({
        status: 200,
        body: { data: [{ scanId: 'y', result: 'refused', problem: { code: 'request.invalid' } }] },
      });
    }
  });
});

describe('one bad item of a batch', () => {
  const at = new Date(Date.now() - 600_000).toISOString();
  const good = (scanId: string, code = 'x') => ({ code, scanId, scannedAt: at });
  const oddItems: [string, unknown, string | null][] = [
    ['a blank in the scan id', good('with blank'), 'with blank'],
    ['no scan id', { code: 'x', scannedAt: at }, null],
    ['an empty scan id', good(''), ''],
    ['a scan id of 101 characters', good('s'.repeat(101)), 's'.repeat(100)],
    ['a scan id that is no text', { ...good('x'), scanId: 7 }, null],
    ['a scan id that Postgres cannot hold', good('a\0b'), 'a\0b'],
    ['a code that is no text', { ...good('odd'), code: 5 }, 'odd'],
    ['no code', { scanId: 'odd', scannedAt: at }, 'odd'],
    ['no time', { code: 'x', scanId: 'odd' }, 'odd'],
    ['a day that does not exist', { ...good('odd'), scannedAt: '2026-02-30T00:00:00Z' }, 'odd'],
    ['an unknown direction', { ...good('odd'), direction: 'sideways' }, 'odd'],
    ['a decision that is none', { ...good('odd'), result: 'perhaps' }, 'odd'],
    ['a decision of the other direction', { ...good('odd'), direction: 'exit', result: 'admitted' }, 'odd'],
    ['a gate of two lines', { ...good('odd'), gate: 'two\nlines' }, 'odd'],
    ['a gate that Postgres cannot hold', { ...good('odd'), gate: '\ud800' }, 'odd'],
    ['a gate that nobody can see', { ...good('odd'), gate: '\u200b' }, 'odd'],
    ['an offset that is no number', { ...good('odd'), clockOffsetMs: 'long' }, 'odd'],
    ['a device id with a blank', { ...good('odd'), deviceId: 'my phone' }, 'odd'],
    ['an unknown field', { ...good('odd'), extra: 1 }, 'odd'],
    ['no object', 'scan', null],
    ['nothing', null, null],
    ['a list', [good('odd')], null],
  ];

  it.each(oddItems)('%s is refused, and the others are accepted', async (_, odd, scanId) => {
    const [first, last] = [await one(), await one()];
    const scans = [good(`first-${first.id}`, first.code), odd, good(`last-${last.id}`, last.code)];
    const { status, body } = await opened.sync(device, scans);
    expect(status).toBe(200);
    expect(body.data).toMatchObject([
      { result: 'admitted', ticket: { id: first.id } },
      { scanId, result: 'refused', problem: { code: 'request.invalid', errors: expect.any(Array) } },
      { result: 'admitted', ticket: { id: last.id } },
    ]);
  });

  it.each([
    ['1,001 letters', 'x'.repeat(1001)],
    ['nothing', ''],
    ['U+0000', 'a\0b'],
    ['a lone surrogate', '\ud800'],
    ['a picture', '🎟️'],
  ])('a code of %s is a scan with the result "invalid", not a refused item', async (name, code) => {
    const { body } = await opened.sync(device, [good(`code-${name.length}`, code)]);
    expect(body.data).toMatchObject([{ result: 'invalid' }]);
  });
});

describe('gates', () => {
  const gates = (of: DoorEvent = event) => `/v1/organizers/${of.organizerSlug}/events/${of.eventId}/gates`;

  it('are added, changed, removed, and each change is audited', async () => {
    const [vip] = event.categoryIds;
    const created = await call(manager, 'POST', gates(), { name: 'VIP door', ticketCategoryIds: [vip] });
    expect(created).toMatchObject({ status: 201, body: { name: 'VIP door', ticketCategoryIds: [vip] } });
    const gate = `${gates()}/${created.body.id}`;
    expect((await call(manager, 'POST', gates(), { name: 'vip DOOR' })).body.code).toBe('gate.name_taken');
    const changed = await call(manager, 'PATCH', gate, { ticketCategoryIds: null });
    expect(changed.body).toEqual({ ...created.body, ticketCategoryIds: null });
    expect((await call(door, 'GET', gates())).body).toEqual({ data: [changed.body], nextCursor: null });
    expect((await call(manager, 'DELETE', gate)).status).toBe(204);
    expect((await call(manager, 'DELETE', gate)).body.code).toBe('gate.not_found');
    const audited = await sql`select act from audit_log where subject_id = ${created.body.id} order by id`;
    expect(audited.map((row) => row['act'])).toEqual(['gate.created', 'gate.changed', 'gate.removed']);
  });

  it('are managed by managers of the organiser, with categories of the event', async () => {
    expect((await call(door, 'POST', gates(), { name: 'A' })).status).toBe(403);
    expect((await call(device, 'GET', gates())).status).toBe(403);
    expect((await call(manager, 'GET', gates(foreign))).body.code).toBe('request.not_found');
    const theirs = `/v1/organizers/${event.organizerSlug}/events/${foreign.eventId}/gates`;
    expect((await call(manager, 'GET', theirs)).body.code).toBe('event.not_found');
    expect((await call(manager, 'POST', theirs, { name: 'A' })).body.code).toBe('event.not_found');
    const [categoryId] = foreign.categoryIds;
    const unknown = await call(manager, 'POST', gates(), { name: 'B', ticketCategoryIds: [categoryId] });
    expect(unknown.body.code).toBe('gate.category_unknown');
    expect((await call(manager, 'PATCH', `${gates()}/gat_00000000000000000000`, { name: 'C' })).status).toBe(404);
  });
});
