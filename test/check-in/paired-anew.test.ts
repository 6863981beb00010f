import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Door, openDoor } from '../../testkit/check-in/door.ts';

/**
 * Guards a phone whose login ended while it was offline. After a new pairing it sends its scans under the new login. A scan that the service
 * already has from the first login is recognised: nobody entered twice.
 */

let door: Door;
let before: string;
let after: string;
const deviceId = 'phone-1';

beforeAll(async () => {
  door = await openDoor();
  [before, after] = [await door.addDevice(door.event), await door.addDevice(door.event)];
});
afterAll(async () => {
  expect(await door.faults()).toEqual([]);
  await door.close();
});

const minuteAgo = () => new Date(Date.now() - 60_000).toISOString();
const inside = async (ticketId: string) =>
  (await door.sql`select inside, entries from admissions where ticket_id = ${ticketId}`)[0];

test('a batch whose answer was lost is the same batch under the next login', async () => {
  const tickets = [await door.ticket(), await door.ticket()];
  const batch = tickets.map(({ code }) => ({
    code,
    deviceId,
    scanId: randomUUID(),
    scannedAt: minuteAgo(),
    result: 'admitted',
  }));
  const first = await door.sync(before, batch);
  expect(first.body.data).toMatchObject([{ result: 'admitted' }, { result: 'admitted' }]);
  const again = await door.sync(after, batch);
  expect(again.body).toEqual(first.body);
  expect(await door.conflicts(after)).toEqual([]);
  for (const { id } of tickets) expect(await inside(id)).toEqual({ inside: true, entries: 1 });
});

test('a scan that was tried online under the login before is the same scan', async () => {
  const [let1, let2] = [await door.ticket(), await door.ticket()];
  const [one, other] = [randomUUID(), randomUUID()];
  expect((await door.scan(before, { code: let1.code, deviceId, scanId: one })).body.result).toBe('admitted');
  expect((await door.scan(before, { code: let2.code, deviceId, scanId: other })).body.result).toBe('admitted');
  const scannedAt = new Date().toISOString();
  const { body } = await door.sync(after, [
    { code: let1.code, deviceId, scanId: one, scannedAt, result: 'admitted' },
    // The answer did not come, and the door turned this guest away.
    { code: let2.code, deviceId, scanId: other, scannedAt, result: 'already_used' },
  ]);
  expect(body.data).toMatchObject([{ result: 'admitted' }, { result: 'already_used' }]);
  expect(body.data[0].conflict).toBeUndefined();
  expect(await inside(let1.id)).toEqual({ inside: true, entries: 1 });
  expect(await inside(let2.id)).toBeUndefined();
});

test('another device, another ticket and a login without a device are other scans', async () => {
  const [ticket, another] = [await door.ticket(), await door.ticket()];
  const scanId = randomUUID();
  const item = { code: ticket.code, deviceId, scanId, scannedAt: minuteAgo(), result: 'admitted' };
  await door.sync(before, [item]);
  const { body } = await door.sync(after, [{ ...item, deviceId: 'phone-2' }]);
  expect(body.data).toMatchObject([{ result: 'already_used', conflict: { gate: null } }]);
  expect((await door.sync(after, [{ ...item, code: another.code }])).body.data).toMatchObject([{ result: 'admitted' }]);
  const [key, colleague] = [await door.addKey(door.event, 'door'), await door.addKey(door.event, 'door')];
  const third = { code: (await door.ticket()).code, scanId, scannedAt: minuteAgo(), result: 'admitted' };
  await door.sync(key, [third]);
  expect((await door.sync(colleague, [third])).body.data).toMatchObject([{ result: 'already_used' }]);
});
