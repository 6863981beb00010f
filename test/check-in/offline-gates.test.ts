import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTicketCode } from '../../src/orders/tickets/codes/ticket-code.ts';
import { sha256Hex } from '../../src/platform/crypto.ts';
import { decodeBase32, encodeBase32 } from '../../src/platform/text/base32.ts';
import {
  type Judgement,
  type ListEntry,
  type ListRules,
  judgeOffline,
  passed,
} from '../../src/web/client/door/judge-offline.ts';
import { addTickets } from '../../testkit/check-in/door-event.ts';
import { type Door, openDoor } from '../../testkit/check-in/door.ts';
import { testTicketKeys } from '../../testkit/check-in/ticket-keys.ts';

/**
 * Promise 6, offline: six gates, some of them without a network for 20 minutes of a simulated clock. The gates decide by the code that
 * phones run. Every ticket is shown at several gates.
 */

const gates = 6;
const minute = 60_000;
const offlineMs = 20 * minute;

let door: Door;
let manager: string;
beforeAll(async () => {
  door = await openDoor();
  manager = await door.addKey(door.event, 'manager');
});
afterAll(async () => {
  expect(await door.faults()).toEqual([]);
  await door.close();
});

type Queued = { code: string; scanId: string; scannedAt: string; clockOffsetMs: number; result: string; gate: string };

/** A phone at a gate: its list, its clock and what it has decided. */
class Phone {
  readonly list = new Map<string, ListEntry>();
  readonly queue: Queued[] = [];
  rules: ListRules | undefined;
  readonly gate: string;
  readonly token: string;
  readonly clockOffsetMs: number;
  constructor(gate: string, token: string, clockOffsetMs: number) {
    this.gate = gate;
    this.token = token;
    this.clockOffsetMs = clockOffsetMs;
  }

  async read(): Promise<void> {
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
      const { body } = await door.call(this.token, 'GET', `/v1/events/${door.event.eventId}/door-list${query}`);
      for (const entry of body.data) this.list.set(entry.codeSha256, entry);
      this.rules = body;
      cursor = body.nextCursor;
    } while (cursor !== null);
  }

  /** @param nowMs by the server's clock */
  decide(code: string, nowMs: number): Judgement {
    const read = readTicketCode(code);
    if (this.rules === undefined || read === undefined) throw new Error('not ready');
    const hash = sha256Hex(encodeBase32(read.code));
    const entry = this.list.get(hash);
    const result = judgeOffline(this.rules, { read, entry, gate: this.gate, direction: 'entry', nowMs });
    const at = new Date(nowMs).toISOString();
    if (result === 'admitted') {
      const base = entry ?? { codeSha256: hash, ticketCategoryId: '', status: 'live', admission: null, guest: null };
      this.list.set(hash, passed(base, { direction: 'entry', at, gate: this.gate }));
    }
    if (result !== 'unknown') {
      const scannedAt = new Date(nowMs - this.clockOffsetMs).toISOString();
      const { gate, clockOffsetMs } = this;
      this.queue.push({ code, scanId: randomUUID(), scannedAt, clockOffsetMs, result, gate });
    }
    return result;
  }
}

describe.each([0, 1, 3, 6])('%i of six gates offline for 20 minutes', (offline) => {
  it('admits a ticket at most once more than offline gates were used, refuses no valid one, and reports every conflict', async () => {
    const tickets = await addTickets(door.sql, door.event, 30);
    const startMs = Date.now() - offlineMs - minute;
    await door.sql`update events set doors_open_at = ${new Date(startMs - minute)} where id = ${door.event.eventId}`;
    const phones: Phone[] = [];
    for (let gate = 0; gate < gates; gate += 1) {
      phones.push(new Phone(`Gate ${gate}`, await door.addDevice(door.event), gate % 2 === 0 ? 0 : 3_600_000 * gate));
    }
    for (const phone of phones) await phone.read();
    const admissions = new Map<string, string[]>();
    const offlineUsed = new Map<string, Set<string>>();
    for (const [index, ticket] of tickets.entries()) {
      // Each ticket is shown at four gates in turn, beginning at another one.
      for (let turn = 0; turn < 4; turn += 1) {
        const gate = (index + turn * 5) % gates;
        const phone = phones[gate];
        if (phone === undefined) throw new Error('no phone');
        const isOffline = gate < offline;
        const nowMs = startMs + ((index * 4 + turn) * offlineMs) / (tickets.length * 4);
        const result = isOffline
          ? phone.decide(ticket.code, nowMs)
          : (await door.scan(phone.token, { code: ticket.code, gate: phone.gate })).body.result;
        if (isOffline) offlineUsed.set(ticket.code, (offlineUsed.get(ticket.code) ?? new Set()).add(phone.gate));
        if (turn === 0) expect(result).toBe('admitted');
        if (result === 'admitted') admissions.set(ticket.code, [...(admissions.get(ticket.code) ?? []), phone.gate]);
      }
    }
    let extra = 0;
    for (const { code } of tickets) {
      const times = admissions.get(code)?.length ?? 0;
      expect(times).toBeGreaterThanOrEqual(1);
      expect(times).toBeLessThanOrEqual(1 + (offlineUsed.get(code)?.size ?? 0));
      extra += times - 1;
    }
    const before = (await door.conflicts(manager)).length;
    for (const phone of phones.slice(0, offline)) {
      const { status, body } = await door.sync(phone.token, phone.queue);
      expect(status).toBe(200);
      expect(body.data.every(({ result }: { result: string }) => result !== 'refused')).toBe(true);
    }
    const after = await door.conflicts(manager);
    expect(after.length - before).toBe(extra);
    for (const { gate, other } of after)
      expect([gate, other.gate].every((name) => name.startsWith('Gate '))).toBe(true);
    if (offline > 1) expect(extra).toBeGreaterThan(0);
  });
});

describe('a ticket that was sold after the list was read', () => {
  it('is admitted by its signature, once; a forged one and an old one of a corrected order are not', async () => {
    const path = `/v1/organizers/${door.event.organizerSlug}/events/${door.event.eventId}/ticket-codes`;
    await door.call(manager, 'PATCH', path, { codes: 'signed' });
    const write = await testTicketKeys(door.open.db).writerOf(door.event.eventId);
    const signed = (code: string) => write({ code: Buffer.from(decodeBase32(code) ?? []), codesBefore: 0 }).code;
    const corrected = await door.ticket();
    await door.sql`update tickets set code = ${Buffer.alloc(16, 7)} where id = ${corrected.id}`;
    const phone = new Phone('North', await door.addDevice(door.event), 0);
    await phone.read();
    const late = await door.ticket();
    const now = Date.now();
    expect(phone.decide(late.code, now)).toBe('unknown');
    const code = signed(late.code);
    expect(phone.decide(code, now)).toBe('admitted');
    expect(phone.decide(code, now)).toBe('already_used');
    expect(phone.decide(`${code.slice(0, -3)}000`, now)).toBe('invalid');
    expect(phone.decide(signed(corrected.code), now)).toBe('revoked');
    const { body } = await door.sync(phone.token, phone.queue.slice(0, 1));
    expect(body.data[0]).toMatchObject({ result: 'admitted', ticket: { id: late.id } });
  });
});
