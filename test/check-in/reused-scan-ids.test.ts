import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDoorEvent } from '../../testkit/check-in/door-event.ts';
import { type Door, openDoor } from '../../testkit/check-in/door.ts';

/** Guards that a scan id stands for one scan. If it is used for another one, the request is refused and nothing is written. */

let door: Door;
let key: string;

beforeAll(async () => {
  door = await openDoor();
  key = await door.addKey(door.event, 'door');
});

afterAll(async () => {
  expect(await door.faults()).toEqual([]);
  await door.close();
});

const reused = { status: 422, body: { code: 'check_in.scan_id_reused' } };
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const written = async () =>
  (await door.sql`select (select count(*) from scans) as scans, (select count(*) from admissions) as admissions`)[0];

/** Other content that may come under a scan id than the first one's code and gate. */
const others: [string, (first: { code: string }) => Promise<Record<string, unknown>>][] = [
  ['another ticket', async () => ({ code: (await door.ticket()).code, gate: 'A' })],
  [
    'a ticket of another event',
    async () => ({ code: (await door.ticket(await addDoorEvent(door.sql, door.event))).code, gate: 'A' }),
  ],
  ['a code that is nobody’s', async () => ({ code: '0'.repeat(26), gate: 'A' })],
  ['a made-up link', async () => ({ code: 'https://tickets.example/whatever', gate: 'A' })],
  ['nothing', async () => ({ code: '', gate: 'A' })],
  ['a code too long to be read', async () => ({ code: 'x'.repeat(1001), gate: 'A' })],
  ['an exit', async ({ code }) => ({ code, gate: 'A', direction: 'exit' })],
  ['another gate', async ({ code }) => ({ code, gate: 'B' })],
  ['no gate', async ({ code }) => ({ code })],
];

describe('a scan id used for something else', () => {
  it.each(others)('%s is refused online', async (_, other) => {
    const first = { code: (await door.ticket()).code, gate: 'A', scanId: randomUUID() };
    expect((await door.scan(key, first)).body.result).toBe('admitted');
    const more = await other(first);
    const before = await written();
    expect(await door.scan(key, { ...more, scanId: first.scanId })).toMatchObject(reused);
    expect(await written()).toEqual(before);
    expect((await door.scan(key, first)).body.result).toBe('admitted');
    if (more['code'] !== first.code) {
      expect((await door.scan(key, more)).status).toBe(200);
    }
  });

  it.each(others)('%s is refused online after a code that was invalid', async (_, other) => {
    const first = { code: 'no code at all', gate: 'A', scanId: randomUUID() };
    expect((await door.scan(key, first)).body).toEqual({ result: 'invalid' });
    expect(await door.scan(key, { ...(await other(first)), scanId: first.scanId })).toMatchObject(reused);
    expect((await door.scan(key, first)).body).toEqual({ result: 'invalid' });
  });

  it.each(others)('%s is refused offline, for itself alone, in the same batch and in a later one', async (_, other) => {
    const [first, good, late] = [await door.ticket(), await door.ticket(), await door.ticket()];
    const scanId = randomUUID();
    const scannedAt = ago(10);
    const firstItem = { code: first.code, gate: 'A', scanId, scannedAt };
    const otherItem = { ...(await other(firstItem)), scanId, scannedAt };
    const goodItem = { code: good.code, scanId: randomUUID(), scannedAt };
    const batch = await door.sync(key, [firstItem, otherItem, goodItem, firstItem]);
    const refused = { scanId, result: 'refused', problem: { code: 'check_in.scan_id_reused' } };
    const admitted = { scanId, result: 'admitted', ticket: { id: first.id } };
    expect(batch).toMatchObject({ status: 200, body: { data: [admitted, refused, { result: 'admitted' }, admitted] } });
    const lateItem = { code: late.code, scanId: randomUUID(), scannedAt };
    const again = await door.sync(key, [otherItem, firstItem, lateItem]);
    expect(again.body.data).toMatchObject([refused, admitted, { result: 'admitted', ticket: { id: late.id } }]);
    expect(again.body.data[0].ticket).toBeUndefined();
  });

  it('is refused with another time or another decision of the door', async () => {
    const item = { code: (await door.ticket()).code, scanId: randomUUID(), scannedAt: ago(10), result: 'admitted' };
    await door.sync(key, [item]);
    for (const other of [{ scannedAt: ago(11) }, { result: 'already_used' }, { result: undefined }]) {
      const { body } = await door.sync(key, [{ ...item, ...other }, item]);
      expect(body.data).toMatchObject([{ problem: { code: 'check_in.scan_id_reused' } }, { result: 'admitted' }]);
    }
  });

  it('counts as another scan for another device, another login or another event', async () => {
    const scanId = randomUUID();
    const colleague = await door.addKey(door.event, 'door');
    const elsewhere = await addDoorEvent(door.sql, door.event);
    for (const [who, more] of [
      [key, {}],
      [key, { deviceId: 'phone-1' }],
      [key, { deviceId: 'phone-2' }],
      [colleague, {}],
    ] as const) {
      const { code } = await door.ticket();
      expect((await door.scan(who, { code, scanId, ...more })).body.result).toBe('admitted');
    }
    const { code } = await door.ticket(elsewhere);
    expect((await door.scan(key, { code, scanId, eventId: elsewhere.eventId })).body.result).toBe('admitted');
  });

  it('is a repeat when it is spelled differently', async () => {
    const { code, id } = await door.ticket();
    const scanId = randomUUID();
    await door.scan(key, { code, gate: 'North Door', scanId });
    const again = await door.scan(key, { code: ` ]Q3${code.toLowerCase()}\r\n`, gate: 'north  door', scanId });
    expect(again).toMatchObject({ status: 200, body: { result: 'admitted', ticket: { id } } });
  });

  it('gets an answer of its own for each of 500 contents under one id', async () => {
    const scanId = randomUUID();
    const items = Array.from({ length: 500 }, (_, index) => ({ code: `code ${index}`, scanId, scannedAt: ago(5) }));
    const { body } = await door.sync(key, items);
    const results = body.data.map((one: { result: string }) => one.result);
    expect(results).toEqual(['invalid', ...Array.from({ length: 499 }, () => 'refused')]);
  });
});
