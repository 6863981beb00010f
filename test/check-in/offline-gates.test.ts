import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeBase32 } from '../../src/platform/text/base32.ts';
import { type Door, openDoor } from '../../testkit/check-in/door.ts';
import { evenings, playEvening } from '../../testkit/check-in/offline-evening.ts';
import { Phone } from '../../testkit/check-in/phone.ts';
import { testTicketKeys } from '../../testkit/check-in/ticket-keys.ts';

/**
 * Promise 6, offline: six gates, some of them without a network for 20 minutes of a simulated clock. The gates decide by the code that
 * phones run. `npm run drills -- door-offline` plays a thousand evenings.
 */

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(async () => {
  expect(await door.faults()).toEqual([]);
  await door.close();
});

describe.each([0, 1, 3, 6])('%i of six gates offline for 20 minutes', (offline) => {
  it('admits a ticket at most once more than offline gates were used, refuses no valid one, and reports every conflict', async () => {
    await fc.assert(
      fc.asyncProperty(evenings(fc.constant(offline)), async (evening) => {
        const { faults, extra, conflicts } = await playEvening(door, evening);
        expect(faults).toEqual([]);
        expect(conflicts).toBe(extra);
      }),
      { numRuns: 4 },
    );
  });
});

describe('a ticket that was sold after the list was read', () => {
  it('is admitted once by its signature; a forged code and an old code of a corrected order are not', async () => {
    const manager = await door.addKey(door.event, 'manager');
    const path = `/v1/organizers/${door.event.organizerSlug}/events/${door.event.eventId}/ticket-codes`;
    await door.call(manager, 'PATCH', path, { codes: 'signed' });
    const write = await testTicketKeys(door.open.db).writerOf(door.event.eventId);
    const signed = (code: string) => write({ code: Buffer.from(decodeBase32(code) ?? []), codesBefore: 0 }).code;
    const corrected = await door.ticket();
    await door.sql`update tickets set code = ${Buffer.alloc(16, 7)} where id = ${corrected.id}`;
    const token = await door.addDevice(door.event);
    const phone = new Phone(door, door.event, { gate: 'North', token, clockOffsetMs: 0 });
    await phone.read();
    const late = await door.ticket();
    const now = Date.now();
    expect(await phone.decide(late.code, now)).toBe('unknown');
    const code = signed(late.code);
    expect(await phone.decide(code, now)).toBe('admitted');
    expect(await phone.decide(code, now)).toBe('already_used');
    expect(await phone.decide(`${code.slice(0, -3)}000`, now)).toBe('invalid');
    expect(await phone.decide(signed(corrected.code), now)).toBe('revoked');
    const { body } = await door.sync(token, phone.queue.slice(0, 1));
    expect(body.data[0]).toMatchObject({ result: 'admitted', ticket: { id: late.id } });
  });
});
