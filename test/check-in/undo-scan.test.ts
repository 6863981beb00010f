import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Door, openDoor } from '../../testkit/check-in/door.ts';

/** Guards that a mistake at the door can be taken back by the device that made it, and leaves a trace. */

let door: Door;
let device: string;
beforeAll(async () => {
  door = await openDoor();
  device = await door.addDevice(door.event);
});
afterAll(async () => {
  expect(await door.faults()).toEqual([]);
  await door.close();
});

const undo = (by: string, scanId: string, more = {}) =>
  door.call(by, 'POST', '/v1/check-ins/undos', {
    eventId: door.event.eventId,
    scanId,
    reason: 'Wrong queue',
    ...more,
  });

describe('POST /v1/check-ins/undos', () => {
  it('leaves the ticket as if it had not been scanned; the scan keeps its answer', async () => {
    const ticket = await door.ticket();
    const scanId = randomUUID();
    const first = await door.scan(device, { code: ticket.code, scanId });
    expect(first.body.result).toBe('admitted');
    expect(await undo(device, scanId)).toMatchObject({ status: 200, body: { ticketId: ticket.id, inside: false } });
    expect((await undo(device, scanId)).status).toBe(200);
    expect((await door.scan(device, { code: ticket.code, scanId })).body).toEqual(first.body);
    expect((await door.scan(device, { code: ticket.code })).body.result).toBe('admitted');
    const audited =
      await door.sql`select changes ->> 'reason' as reason from audit_log where subject_id = ${ticket.id}`;
    expect(audited).toEqual([{ reason: 'Wrong queue' }]);
  });

  it('is not undone by the phone, which hands the scan in once more', async () => {
    const { code } = await door.ticket();
    const scanId = randomUUID();
    await door.scan(device, { code, scanId });
    await undo(device, scanId);
    await door.sync(device, [{ code, scanId, scannedAt: new Date().toISOString(), result: 'admitted' }]);
    expect((await door.scan(device, { code })).body.result).toBe('admitted');
  });

  it('of an exit puts the person back inside; of one of two entries it ends the conflict', async () => {
    const ticket = await door.ticket();
    const [out, second] = [randomUUID(), randomUUID()];
    await door.scan(device, { code: ticket.code });
    await door.scan(device, { code: ticket.code, direction: 'exit', scanId: out });
    expect((await undo(device, out)).body.inside).toBe(true);
    await door.sync(device, [
      { code: ticket.code, scanId: second, scannedAt: new Date().toISOString(), result: 'admitted' },
    ]);
    const key = await door.addKey(door.event, 'manager');
    expect(await door.conflicts(key)).toHaveLength(1);
    expect((await undo(device, second)).status).toBe(200);
    expect(await door.conflicts(key)).toHaveLength(0);
  });

  it('reach devices with the next delta', async () => {
    const ticket = await door.ticket();
    const scanId = randomUUID();
    await door.scan(device, { code: ticket.code, scanId });
    const path = `/v1/events/${door.event.eventId}/door-list`;
    const { syncCursor } = (await door.call(device, 'GET', path)).body;
    await door.sql`update scans set received_at = now() - interval '1 hour' where scan_id = ${scanId}`;
    await door.sql`update tickets set issued_at = now() - interval '1 hour' where id = ${ticket.id}`;
    await undo(device, scanId);
    const { data } = (await door.call(device, 'GET', `${path}?cursor=${encodeURIComponent(syncCursor)}`)).body;
    expect(data).toContainEqual(expect.objectContaining({ status: 'live', admission: null }));
  });

  it('is refused for another device’s scan, for a scan that admitted nobody, and without a reason', async () => {
    const ticket = await door.ticket();
    const [scanId, refused] = [randomUUID(), randomUUID()];
    await door.scan(device, { code: ticket.code, scanId });
    await door.scan(device, { code: ticket.code, scanId: refused });
    const other = await door.addDevice(door.event);
    expect((await undo(other, scanId)).body.code).toBe('check_in.scan_not_found');
    expect((await undo(device, refused)).body.code).toBe('check_in.not_undoable');
    expect((await undo(device, scanId, { reason: '' })).status).toBe(400);
    expect((await undo(device, scanId, { eventId: 'evt_00000000' })).status).toBe(403);
  });
});

describe('a ticket that was found by name', () => {
  it('is scanned by its id, online and offline; a scan names a code or a ticket, not both', async () => {
    const [ticket, later] = [await door.ticket(), await door.ticket()];
    expect((await door.scan(device, { ticketId: ticket.id })).body.result).toBe('admitted');
    expect((await door.scan(device, { code: ticket.code })).body.result).toBe('already_used');
    expect((await door.scan(device, { code: ticket.code, ticketId: ticket.id })).status).toBe(400);
    expect((await door.scan(device, {})).status).toBe(400);
    expect((await door.scan(device, { code: ticket.id })).body.result).toBe('invalid');
    const scan = { ticketId: later.id, scanId: randomUUID(), scannedAt: new Date().toISOString(), result: 'admitted' };
    expect((await door.sync(device, [scan])).body.data[0]).toMatchObject({
      result: 'admitted',
      ticket: { id: later.id },
    });
  });
});
