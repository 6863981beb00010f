import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, expect } from 'vitest';
import type { HeldTicket } from '../../../testkit/check-in/door-event.ts';
import { type Answer, openDoor } from '../../../testkit/check-in/door.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

/** A door for all tests of a file, with the key of its staff, and scans of one ticket that were made offline. Each test begins with a new ticket. */
export async function useOfflineDoor() {
  const door = await openDoor();
  const key = await door.addKey(door.event, 'door');
  let ticket: HeldTicket = await door.ticket();

  const item = (more: Record<string, unknown> = {}) => ({
    code: ticket.code,
    scanId: randomUUID(),
    scannedAt: ago(10 * minute),
    ...more,
  });
  const handIn = async (
    more: Record<string, unknown> = {},
    batch: Record<string, unknown> = {},
  ): Promise<Answer['body']> => (await door.sync(key, [item(more)], batch)).body.data[0];
  const admission = async () => (await door.sql`select * from admissions where ticket_id = ${ticket.id}`)[0];
  const listed = async () => (await door.conflicts(key)).filter((one) => one.ticketId === ticket.id);
  const next = async (): Promise<HeldTicket> => (ticket = await door.ticket());

  beforeEach(next);
  afterAll(async () => {
    expect(await door.faults()).toEqual([]);
    await door.close();
  });
  return {
    door,
    key,
    item,
    handIn,
    admission,
    listed,
    next,
    get ticket() {
      return ticket;
    },
  };
}
