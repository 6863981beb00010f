import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { syncScans } from '../../src/check-in/index.ts';
import { scanOf } from '../../src/check-in/scans/scan-content.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { decodeBase32 } from '../../src/platform/text/base32.ts';
import { addDoorEvent, addTickets } from '../../testkit/check-in/door-event.ts';
import { type Door, openDoor } from '../../testkit/check-in/door.ts';
import { testTicketKeys } from '../../testkit/check-in/ticket-keys.ts';

/**
 * Guards that one phone that sends many offline scans does not take every connection from the doors that scan online.
 * Reading a signed code of another event takes a query.
 */

const scans = 100;
/** At most this many scans of a request are read at once. */
const readsMax = 8;

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

/** Codes that were signed for another event, as when a phone was at the wrong door all evening. */
async function foreignCodes(): Promise<string[]> {
  const other = await addDoorEvent(door.sql, door.event);
  const manager = await door.addKey(door.event, 'manager');
  const path = `/v1/organizers/${other.organizerSlug}/events/${other.eventId}/ticket-codes`;
  expect((await door.call(manager, 'PATCH', path, { codes: 'signed' })).status).toBe(200);
  const write = await testTicketKeys(door.open.db).writerOf(other.eventId);
  const tickets = await addTickets(door.sql, other, scans);
  return tickets.map(({ code }) => write({ code: Buffer.from(decodeBase32(code) ?? []), codesBefore: 0 }).code);
}

test(`a request reads ${readsMax} of its scans at once, and leaves the other connections to others`, async () => {
  const { db } = door.open;
  const codes = await foreignCodes();
  const { eventId } = door.event;
  const actor = { ...door.event, kind: 'device', id: `dev_${randomUUID()}`, role: 'door' } as const;
  const ticketKeys = testTicketKeys(db);
  const given = codes.map((code) => ({ code, scanId: randomUUID(), scannedAt: new Date() }));

  const reads = { now: 0, most: 0 };
  const counting = {
    ...ticketKeys,
    verified: async (...asked: Parameters<typeof ticketKeys.verified>) => {
      reads.now += 1;
      reads.most = Math.max(reads.most, reads.now);
      try {
        return await ticketKeys.verified(...asked);
      } finally {
        reads.now -= 1;
      }
    },
  };
  const answers = await syncScans({ db, clock: systemClock, ticketKeys: counting }, actor, { eventId, scans: given });
  expect(answers).toHaveLength(scans);
  expect(reads.most).toBe(readsMax);

  // The control: all at once, they wait for the pool ahead of everybody else.
  reads.most = 0;
  await Promise.all(given.map((scan) => scanOf(counting, actor, { ...scan, eventId })));
  expect(reads.most).toBe(scans);
});
