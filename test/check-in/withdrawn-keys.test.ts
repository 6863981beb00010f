import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeBase32 } from '../../src/platform/text/base32.ts';
import { type DoorEvent, addDoorEvent, addTickets } from '../../testkit/check-in/door-event.ts';
import { type Door, openDoor } from '../../testkit/check-in/door.ts';
import { testTicketKeys } from '../../testkit/check-in/ticket-keys.ts';

/**
 * Guards that no process writes ticket codes with a key for long after another process has withdrawn it: such a code would be sent to a
 * buyer, and no door would take it.
 */

/** A process may write with keys that it has read within this time. */
const writtenWithMs = 1000;

let door: Door;
let manager: string;

beforeAll(async () => {
  door = await openDoor();
  manager = await door.addKey(door.event, 'manager');
});
afterAll(() => door.close());

async function signedEvent(): Promise<DoorEvent> {
  const event = await addDoorEvent(door.sql, door.event);
  const path = `/v1/organizers/${event.organizerSlug}/events/${event.eventId}/ticket-codes`;
  expect((await door.call(manager, 'PATCH', path, { codes: 'signed' })).status).toBe(200);
  return event;
}

const withdrawEarlier = ({ organizerSlug, eventId }: DoorEvent) =>
  door.call(manager, 'POST', `/v1/organizers/${organizerSlug}/events/${eventId}/ticket-codes/keys`, {
    withdrawEarlier: true,
  });

test('a process that has the withdrawn key in memory writes with the new one after a second', async () => {
  const event = await signedEvent();
  const [one, other] = await addTickets(door.sql, event, 2);
  const scanner = await door.addDevice(event);
  const process = testTicketKeys(door.open.db);
  const held = await process.writerOf(event.eventId);
  expect((await withdrawEarlier(event)).status).toBe(201);
  await pause(writtenWithMs + 100);
  const scanHere = async (code: string) => (await door.scan(scanner, { eventId: event.eventId, code })).body;
  const bytes = (code = '') => ({ code: Buffer.from(decodeBase32(code) ?? []), codesBefore: 0 });

  // The control: a writer that keeps its cached keys writes codes that no door accepts.
  expect((await scanHere(held(bytes(one?.code)).code)).result).toBe('invalid');
  const { code } = (await process.writerOf(event.eventId))(bytes(other?.code));
  expect((await scanHere(code)).result).toBe('admitted');
});

test('within that second the keys are read once, however many codes are written', async () => {
  const event = await signedEvent();
  const process = testTicketKeys(door.open.db);
  const reads = async () => {
    const [row] = await door.sql<{ calls: string }[]>`
      select coalesce(sum(calls), 0) as calls from pg_stat_statements
      where query like '%from "ticket_keys"%' and query not like '%pg_stat_statements%'
        and dbid = (select oid from pg_database where datname = current_database())`;
    return Number(row?.calls);
  };
  const before = await reads();
  for (let tickets = 0; tickets < 50; tickets += 1) await process.writerOf(event.eventId);
  expect((await reads()) - before).toBe(1);
});
