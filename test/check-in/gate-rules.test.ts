import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/platform/ids.ts';
import { addTickets } from '../../testkit/check-in/door-event.ts';
import { type Door, openDoor } from '../../testkit/check-in/door.ts';

/** What a gate of the event allows: times, re-entry, and the capacity of its zone. The clock is the database's. */

const hour = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * hour).toISOString();

let door: Door;
let manager: string;
let device: string;
beforeAll(async () => {
  door = await openDoor();
  manager = await door.addKey(door.event, 'manager');
  device = await door.addDevice(door.event);
});
afterAll(() => door.close());
beforeEach(async () => expect(await door.faults()).toEqual([]));

const path = (of: 'gates' | 'zones', id = '') =>
  `/v1/organizers/${door.event.organizerSlug}/events/${door.event.eventId}/${of}${id}`;

let made = 0;
async function addGate(rules: Record<string, unknown>): Promise<string> {
  made += 1;
  const { status, body } = await door.call(manager, 'POST', path('gates'), { name: `Gate ${made}`, ...rules });
  expect(status).toBe(201);
  return body.id;
}

async function addZone(capacity: number | null): Promise<string> {
  made += 1;
  const { status, body } = await door.call(manager, 'POST', path('zones'), { name: `Zone ${made}`, capacity });
  expect(status).toBe(201);
  return body.id;
}

async function zoneOf(id: string) {
  const { body } = await door.call(device, 'GET', `/v1/events/${door.event.eventId}/check-ins/summary`);
  return body.zones.find((zone: { id: string }) => zone.id === id);
}

const scan = async (code: string, gate: string, direction: 'entry' | 'exit' = 'entry'): Promise<string> =>
  (await door.scan(device, { code, gate, direction })).body.result;

describe('times of a gate', () => {
  it.each([
    ['before it opens', { opensAt: inHours(1) }, 'gate_closed'],
    ['after it closed', { closesAt: inHours(-0.01) }, 'gate_closed'],
    ['while it is open', { opensAt: inHours(-1), closesAt: inHours(1) }, 'admitted'],
  ])('%s', async (_when, rules, result) => {
    const gate = await addGate(rules);
    const { code } = await door.ticket();
    expect(await scan(code, gate)).toBe(result);
  });

  it('people inside may leave through a gate that has closed', async () => {
    const [open, closed] = [await addGate({}), await addGate({ closesAt: inHours(-1) })];
    const { code } = await door.ticket();
    expect(await scan(code, open)).toBe('admitted');
    expect(await scan(code, closed, 'exit')).toBe('exited');
  });

  it('a gate that closes before it opens is refused, also when only one time changes', async () => {
    const refused = await door.call(manager, 'POST', path('gates'), {
      name: 'Reversed',
      opensAt: inHours(2),
      closesAt: inHours(1),
    });
    expect(refused).toMatchObject({ status: 400, body: { code: 'gate.times_reversed' } });
    const gate = await addGate({ opensAt: inHours(1) });
    const changed = await door.call(manager, 'PATCH', path('gates', `/${gate}`), { closesAt: inHours(0.5) });
    expect(changed.body.code).toBe('gate.times_reversed');
  });

  it('an entry that an offline door let in is reported as a fault', async () => {
    const gate = await addGate({ opensAt: inHours(1) });
    const { code } = await door.ticket();
    const scans = [{ code, scanId: `late-${made}`, scannedAt: inHours(-0.5), result: 'admitted', gate }];
    const { body } = await door.sync(device, scans);
    expect(body.data).toMatchObject([{ result: 'admitted', fault: 'gate_closed' }]);
  });
});

describe('re-entry', () => {
  it.each([
    ['none', 'already_used', 'no_reentry'],
    ['after_exit', 'already_used', 'admitted'],
    ['always', 'admitted', 'admitted'],
  ])('%s: a second entry is %s while inside, and %s after the exit', async (reEntry, inside, after) => {
    const gate = await addGate({ reEntry });
    const { code } = await door.ticket();
    expect(await scan(code, gate)).toBe('admitted');
    expect(await scan(code, gate)).toBe(inside);
    expect(await scan(code, gate, 'exit')).toBe('exited');
    expect(await scan(code, gate)).toBe(after);
    expect((await door.conflicts(manager)).filter(({ fault }) => fault === null)).toEqual([]);
  });

  it('a gate without re-entry counts entries at other gates, too', async () => {
    const [first, second] = [await addGate({}), await addGate({ reEntry: 'none' })];
    const { code } = await door.ticket();
    expect(await scan(code, first)).toBe('admitted');
    expect(await scan(code, first, 'exit')).toBe('exited');
    expect(await scan(code, second)).toBe('no_reentry');
    expect(await scan(code, first)).toBe('admitted');
  });

  it('offline entries are judged by the same rules', async () => {
    const [none, always] = [await addGate({ reEntry: 'none' }), await addGate({ reEntry: 'always' })];
    const [one, two] = await addTickets(door.sql, door.event, 2);
    const at = (minutes: number) => inHours(-minutes / 60);
    const scans = [
      { code: one?.code, scanId: 'n1', scannedAt: at(9), result: 'admitted', gate: none },
      { code: one?.code, scanId: 'n2', scannedAt: at(8), direction: 'exit', result: 'exited', gate: none },
      { code: one?.code, scanId: 'n3', scannedAt: at(7), result: 'admitted', gate: none },
      { code: two?.code, scanId: 'a1', scannedAt: at(9), result: 'admitted', gate: always },
      { code: two?.code, scanId: 'a2', scannedAt: at(8), result: 'admitted', gate: always },
    ];
    const { data } = (await door.sync(device, scans)).body;
    expect(data.map(({ result, fault, conflict }: Record<string, unknown>) => [result, fault, conflict])).toEqual([
      ['admitted', undefined, undefined],
      ['exited', undefined, undefined],
      ['admitted', 'no_reentry', undefined],
      ['admitted', undefined, undefined],
      ['admitted', undefined, undefined],
    ]);
  });
});

describe('zones', () => {
  it('gates of a zone share its capacity; an exit makes room', async () => {
    const zoneId = await addZone(2);
    const [north, south] = [await addGate({ zoneId }), await addGate({ zoneId })];
    const tickets = await addTickets(door.sql, door.event, 3);
    const [a = '', b = '', c = ''] = tickets.map(({ code }) => code);
    expect(await scan(a, north)).toBe('admitted');
    expect(await scan(b, south)).toBe('admitted');
    expect(await scan(c, north)).toBe('zone_full');
    expect(await scan(a, south)).toBe('already_used');
    expect(await zoneOf(zoneId)).toMatchObject({ capacity: 2, inside: 2 });
    expect(await scan(b, north, 'exit')).toBe('exited');
    expect(await scan(c, south)).toBe('admitted');
    expect(await scan(b, south)).toBe('zone_full');
  });

  it('a person who moves to another zone is counted there alone', async () => {
    const [outer, inner] = [await addZone(null), await addZone(1)];
    const [main, circle] = [await addGate({ zoneId: outer }), await addGate({ zoneId: inner, reEntry: 'always' })];
    const [one, two] = await addTickets(door.sql, door.event, 2);
    for (const ticket of [one, two]) expect(await scan(ticket?.code ?? '', main)).toBe('admitted');
    expect(await scan(one?.code ?? '', circle)).toBe('admitted');
    expect(await scan(one?.code ?? '', circle)).toBe('admitted');
    expect(await scan(two?.code ?? '', circle)).toBe('zone_full');
    expect([(await zoneOf(outer)).inside, (await zoneOf(inner)).inside]).toEqual([1, 1]);
    expect(await scan(one?.code ?? '', main, 'exit')).toBe('exited');
    expect([(await zoneOf(outer)).inside, (await zoneOf(inner)).inside]).toEqual([1, 0]);
  });

  it('offline doors may exceed the capacity, and the count says so; an undo makes room', async () => {
    const zoneId = await addZone(1);
    const gate = await addGate({ zoneId });
    const [one, two, three] = await addTickets(door.sql, door.event, 3);
    const entry = (code: string | undefined, scanId: string) => ({
      code,
      scanId,
      gate,
      scannedAt: inHours(-0.1),
      result: 'admitted',
    });
    const { data } = (await door.sync(device, [entry(one?.code, 'z1'), entry(two?.code, 'z2')])).body;
    expect(data).toMatchObject([{ result: 'admitted' }, { result: 'admitted' }]);
    expect((await zoneOf(zoneId)).inside).toBe(2);
    const { eventId } = door.event;
    const undo = { eventId, scanId: 'z1', reason: 'Scanned twice' };
    expect((await door.call(device, 'POST', '/v1/check-ins/undos', undo)).status).toBe(200);
    expect((await zoneOf(zoneId)).inside).toBe(1);
    expect(await scan(three?.code ?? '', gate)).toBe('zone_full');
    const refused = [{ ...entry(three?.code, 'z3'), result: 'zone_full' }];
    expect((await door.sync(device, refused)).body.data).toMatchObject([{ result: 'zone_full' }]);
  });

  it('a lower capacity lets nobody in until enough have left; people inside stay counted when the gate leads elsewhere', async () => {
    const zoneId = await addZone(null);
    const gate = await addGate({ zoneId });
    const tickets = await addTickets(door.sql, door.event, 4);
    const [a = '', b = '', c = '', d = ''] = tickets.map(({ code }) => code);
    for (const code of [a, b, c]) expect(await scan(code, gate)).toBe('admitted');
    await door.call(manager, 'PATCH', path('zones', `/${zoneId}`), { capacity: 2 });
    expect(await scan(a, gate, 'exit')).toBe('exited');
    expect(await scan(d, gate)).toBe('zone_full');
    expect((await door.call(manager, 'DELETE', path('zones', `/${zoneId}`))).body.code).toBe('zone.in_use');
    await door.call(manager, 'PATCH', path('gates', `/${gate}`), { zoneId: null });
    expect(await scan(d, gate)).toBe('admitted');
    for (const code of [b, c]) expect(await scan(code, gate, 'exit')).toBe('exited');
    expect((await zoneOf(zoneId)).inside).toBe(0);
    expect((await door.call(manager, 'DELETE', path('zones', `/${zoneId}`))).status).toBe(204);
  });

  it('belong to one organizer, and are changed by managers', async () => {
    const zoneId = await addZone(5);
    const taken = await door.call(manager, 'POST', path('zones'), { name: `ZONE ${made}`, capacity: null });
    expect(taken).toMatchObject({ status: 409, body: { code: 'zone.name_taken' } });
    const staff = await door.addKey(door.event, 'door');
    expect((await door.call(staff, 'GET', path('zones'))).body.data).toContainEqual({
      id: zoneId,
      name: `Zone ${made}`,
      capacity: 5,
      inside: 0,
    });
    expect((await door.call(staff, 'PATCH', path('zones', `/${zoneId}`), { capacity: 6 })).status).toBe(403);
    const unknown = { name: 'Nowhere', zoneId: 'zon_00000000000000000000' };
    expect((await door.call(manager, 'POST', path('gates'), unknown)).body.code).toBe('zone.not_found');
    for (const capacity of [0, 1.5, '3', 2_000_000]) {
      const refused = await door.call(manager, 'PATCH', path('zones', `/${zoneId}`), { capacity });
      expect(refused).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    }
  });
});

describe('webhooks are told once that a ticket has entered', () => {
  const told = (id: string | undefined) =>
    door.sql`select type from webhooks where event_id = ${door.event.eventId} and subject_id = ${id ?? ''}`;
  beforeAll(async () => {
    await door.sql`insert into webhook_endpoints (id, organizer_id, url, types, secret)
      values (${newId('whe')}, ${door.event.organizerId}, 'https://hooks.example.com/', '{ticket.checked_in}', 'sealed')`;
  });

  it.each([
    ['by a gate', async () => ({})],
    ['by a gate of a zone with a capacity', async () => ({ zoneId: await addZone(2) })],
  ])('%s, however often its holder goes out and in', async (_by, rules) => {
    const gate = await addGate(await rules());
    const { id, code } = await door.ticket();
    for (const direction of ['entry', 'exit', 'entry'] as const) await scan(code, gate, direction);
    expect(await told(id)).toEqual([{ type: 'ticket.checked_in' }]);
  });

  it('by an offline door that hands in the exit first', async () => {
    const { id, code } = await door.ticket();
    const at = (minutes: number) => ({ code, scannedAt: inHours(-minutes / 60) });
    await door.sync(device, [{ ...at(5), scanId: `out-${id}`, direction: 'exit', result: 'exited' }]);
    expect(await told(id)).toEqual([]);
    for (const _ of [1, 2]) await door.sync(device, [{ ...at(9), scanId: `in-${id}`, result: 'admitted' }]);
    expect(await told(id)).toEqual([{ type: 'ticket.checked_in' }]);
  });
});
