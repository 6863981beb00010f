import { createPrivateKey, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventNoOf, readTicketCode, writeSignedCode } from '../../src/orders/tickets/codes/ticket-code.ts';
import type { TicketKeys, WriteCode } from '../../src/orders/tickets/codes/ticket-keys.ts';
import { decodeBase32 } from '../../src/platform/text/base32.ts';
import { type DoorEvent, addDoorEvent, addTickets } from '../../testkit/check-in/door-event.ts';
import { type Door, openDoor } from '../../testkit/check-in/door.ts';
import { openForgery } from '../../testkit/check-in/forged-codes.ts';
import { judgeCodes } from '../../testkit/check-in/judge-codes.ts';
import { testTicketKeys } from '../../testkit/check-in/ticket-keys.ts';

/** Guards that signed codes have their published form, open the door online, and cannot be forged. */

/** `npm run drills -- door-codes` tries a million. */
const forgedCodes = 5000;

let door: Door;
let event: DoorEvent;
let manager: string;
let device: string;
let ticketKeys: TicketKeys;
const path = (of: DoorEvent = event) => `/v1/organizers/${of.organizerSlug}/events/${of.eventId}/ticket-codes`;

beforeAll(async () => {
  door = await openDoor();
  ({ event } = door);
  manager = await door.addKey(event, 'manager');
  device = await door.addDevice(event);
  expect((await door.call(manager, 'PATCH', path(), { codes: 'signed' })).body.codes).toBe('signed');
  ticketKeys = testTicketKeys(door.open.db);
});
afterAll(() => door.close());

const bytesOf = (code: string) => ({ code: Buffer.from(decodeBase32(code) ?? []), codesBefore: 0 });

describe('the text of a signed code', () => {
  it('equals the published example', () => {
    const seed = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
    const head = Buffer.from('302e020100300506032b657004220420', 'hex');
    const key = createPrivateKey({ key: Buffer.concat([head, seed]), format: 'der', type: 'pkcs8' });
    const code = Buffer.from('0199f0c2a3b47c5d8e9f102132435465', 'hex');
    const text = writeSignedCode({ keyId: 7, eventNo: 123_456, code, codesBefore: 0 }, (message) =>
      sign(null, message, key),
    );
    expect(text).toBe(
      '083G00F2800SKW62MET7RQCEKW822CJ3AHJG1WKYK345CQX0A62VH34MA3WFJE527A48Y5GDD5N566VETQ7ACRB9CG7PYCATHEGCGQVR87BRJ335HQP9PZWR49SSEC65TV6C71CQRR4G',
    );
    const read = readTicketCode(`]Q1${text.toLowerCase()}\r\n`);
    expect(Buffer.from(read?.code ?? [])).toEqual(code);
    expect(read?.signed).toMatchObject({ keyId: 7, eventNo: 123_456 });
  });
});

describe('a signed event', () => {
  let write: WriteCode;
  beforeAll(async () => {
    write = await ticketKeys.writerOf(event.eventId);
  });

  it('treats the signed and the short code of a ticket as one ticket', async () => {
    const ticket = await door.ticket();
    const { code, shortCode } = write(bytesOf(ticket.code));
    expect(code).toHaveLength(140);
    expect(shortCode).toBe(ticket.code);
    expect((await door.scan(device, { code })).body.result).toBe('admitted');
    expect((await door.scan(device, { code: shortCode })).body.result).toBe('already_used');
  });

  it('distinguishes its own tickets from tickets of another event with a valid signature', async () => {
    const other = await addDoorEvent(door.sql, event);
    await door.call(manager, 'PATCH', path(other), { codes: 'signed' });
    const [ticket] = await addTickets(door.sql, other, 1);
    const { code } = (await ticketKeys.writerOf(other.eventId))(bytesOf(ticket?.code ?? ''));
    expect((await door.scan(device, { code })).body.result).toBe('wrong_event');
  });

  it('accepts codes of earlier keys until those are withdrawn, and gives devices the valid keys only', async () => {
    const place = await addDoorEvent(door.sql, event);
    const scanner = await door.addDevice(place);
    await door.call(manager, 'PATCH', path(place), { codes: 'signed' });
    const [first, second] = await addTickets(door.sql, place, 2);
    const early = (await ticketKeys.writerOf(place.eventId))(bytesOf(first?.code ?? '')).code;
    const later = (await ticketKeys.writerOf(place.eventId))(bytesOf(second?.code ?? '')).code;
    const scanHere = async (code: string) => (await door.scan(scanner, { eventId: place.eventId, code })).body.result;
    expect((await door.call(manager, 'POST', `${path(place)}/keys`, {})).status).toBe(201);
    expect(await scanHere(early)).toBe('admitted');
    const withdrawn = await door.call(manager, 'POST', `${path(place)}/keys`, { withdrawEarlier: true });
    expect(withdrawn.body.keys.map(({ status }: { status: string }) => status)).toEqual([
      'withdrawn',
      'withdrawn',
      'signing',
    ]);
    // Another process: this one may still know the keys for half a minute.
    expect(await testTicketKeys(door.open.db).verified(place.eventId, readTicketCode(later) ?? fail())).toBeUndefined();
    const list = (await door.call(scanner, 'GET', `/v1/events/${place.eventId}/door-list`)).body.signing;
    expect(list).toEqual({
      eventNo: eventNoOf(place.eventId),
      isUsed: true,
      keys: [{ keyId: 2, publicKey: withdrawn.body.keys[2].publicKey }],
    });
    expect((await door.call(manager, 'PATCH', path(place), { codes: 'opaque' })).body.codes).toBe('opaque');
    expect((await door.call(manager, 'POST', `${path(place)}/keys`, {})).body.code).toBe('ticket_codes.not_signed');
    expect((await door.call(scanner, 'GET', path(place))).status).toBe(403);
  });

  it('keeps the private key encrypted, and bound to its row', async () => {
    const [row] = await door.sql`select private_key from ticket_keys where event_id = ${event.eventId}`;
    expect(row?.['private_key']).toMatch(/^v1\./);
    const other = await addDoorEvent(door.sql, event);
    await door.sql`insert into ticket_keys select ${other.eventId}, key_id, public_key, private_key, status from ticket_keys
      where event_id = ${event.eventId}`;
    await expect(ticketKeys.writerOf(other.eventId)).rejects.toThrow();
  });

  it('lets none of 5,000 forged codes in, online and offline, and all genuine ones (control)', async () => {
    const forgery = await openForgery(door.sql, 1);
    const genuine = forgery.genuine.map((text) => ({ kind: 'genuine', text }));
    const forged = Array.from({ length: forgedCodes }, () => forgery.next());
    const counts = await judgeCodes(forgery, [...genuine, ...forged], door.open.db);
    const { length } = genuine;
    const judged = counts.get('genuine');
    expect(judged).toMatchObject({ tried: length, online: length, offline: length });
    expect(judged?.older).toBe(judged?.triedOlder);
    const kinds = [...counts].filter(([kind]) => kind !== 'genuine');
    expect(kinds.length).toBeGreaterThan(15);
    expect(kinds.filter(([, { scans, triedOlder }]) => scans === 0 || triedOlder === 0)).toEqual([]);
    expect(kinds.filter(([, { online, offline, older, admitted }]) => online + offline + older + admitted > 0)).toEqual(
      [],
    );
  });
});

function fail(): never {
  throw new Error('not a code');
}
