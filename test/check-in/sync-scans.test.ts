import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/platform/clock.ts';
import { afterAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { countCheckIns, listConflicts, scanTicket, syncScans } from '../../src/check-in/index.ts';
import type { ScanResult } from '../../src/check-in/tables.ts';
import { checkInInvariants } from '../../src/check-in/invariants.ts';
import { type Change, hearChanges } from '../../src/platform/changes.ts';
import { type DoorEvent, type HeldTicket, addDoorEvent, addTickets, taken } from '../../testkit/check-in/door-event.ts';
import { testTicketKeys } from '../../testkit/check-in/ticket-keys.ts';
import { useDoorDatabase } from './support/door-database.ts';

/** Promise 6: offline, every conflict is reported. */

const { sql, open, scans } = await useDoorDatabase();
const event = await addDoorEvent(sql);

afterAll(async () => {
  for (const invariant of checkInInvariants) expect(await invariant.find(open.db)).toEqual([]);
});

const minute = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * minute);
const device = (id: string, of: DoorEvent = event): Actor => ({ ...of, kind: 'device', id, role: 'door' });

type Entry = {
  ticket: HeldTicket;
  at: Date;
  scanId?: string;
  gate?: string;
  direction?: 'entry' | 'exit';
  result?: ScanResult;
};

const sync = async (id: string, entries: readonly Entry[], of: DoorEvent = event) => {
  const answers = await syncScans(
    { db: open.db, clock: systemClock, ticketKeys: testTicketKeys(open.db) },
    device(id, of),
    {
      eventId: of.eventId,
      scans: entries.map((entry) => ({
        code: entry.ticket.code,
        scanId: entry.scanId ?? randomUUID(),
        gate: entry.gate ?? `${id} gate`,
        direction: entry.direction,
        scannedAt: entry.at,
        result: entry.result,
      })),
    },
  );
  return answers.map(taken);
};

const online = (id: string, ticket: HeldTicket, direction?: 'exit') =>
  scanTicket({ scans, ticketKeys: testTicketKeys(open.db) }, device(id), {
    eventId: event.eventId,
    code: ticket.code,
    scanId: randomUUID(),
    gate: `${id} gate`,
    direction,
  });

async function one(): Promise<HeldTicket> {
  const [ticket] = await addTickets(sql, event, 1);
  if (ticket === undefined) throw new Error('no ticket');
  return ticket;
}

const ms = (time: string | null) => (time === null ? null : Date.parse(time));

describe('scans made offline', () => {
  it('are admitted at the time of the scan, and a second sync gets the same answers', async () => {
    const [ticket, at, scanId] = [await one(), ago(20), randomUUID()];
    const told: Change[] = [];
    const stop = hearChanges((change) => void told.push(change));
    const [first] = await sync('a', [{ ticket, at, scanId }]);
    stop();
    expect(told).toEqual([{ eventId: event.eventId, scans: 1 }]);
    expect(first).toMatchObject({ result: 'admitted', conflictAt: null, replayed: false });
    expect(ms(first?.at ?? null)).toBe(at.getTime());
    const [again] = await sync('a', [{ ticket, at, scanId }]);
    expect(again).toEqual({ ...first, replayed: true });
    expect(await online('b', ticket)).toMatchObject({ result: 'already_used', firstGate: 'a gate' });
  });

  it('give one answer to a scan id that appears twice in one sync', async () => {
    const [ticket, at, scanId] = [await one(), ago(20), randomUUID()];
    const answers = await sync('a', [
      { ticket, at, scanId },
      { ticket, at, scanId },
    ]);
    expect(answers.map((answer) => answer.result)).toEqual(['admitted', 'admitted']);
  });

  it('two devices offline: the earlier entry stands whichever device syncs first, and the later one is a conflict', async () => {
    for (const laterFirst of [false, true]) {
      const ticket = await one();
      const early = { ticket, at: ago(20) };
      const late = { ticket, at: ago(10) };
      const answers = laterFirst
        ? { late: (await sync('b', [late]))[0], early: (await sync('a', [early]))[0] }
        : { early: (await sync('a', [early]))[0], late: (await sync('b', [late]))[0] };
      expect(answers.early?.result).toBe('admitted');
      expect(answers.late?.result).toBe(laterFirst ? 'admitted' : 'already_used');
      const reported = laterFirst ? answers.early : answers.late;
      expect(ms(reported?.conflictAt ?? null)).toBe((laterFirst ? late : early).at.getTime());
      const [row] = await sql`select device_id, admitted_at, entries from admissions where ticket_id = ${ticket.id}`;
      expect(row).toMatchObject({ device_id: 'a', admitted_at: early.at, entries: 1 });
      const listed = await listConflicts({ db: open.db }, device('a'), { eventId: event.eventId, limit: 200 });
      expect(listed.filter((conflict) => conflict.ticket_id === ticket.id)).toMatchObject([
        { device_id: 'b', conflict_gate: 'a gate' },
      ]);
    }
  });

  it('an online entry that came later than the offline one is the conflict, and keeps its answer', async () => {
    const ticket = await one();
    const scanId = randomUUID();
    const at = { eventId: event.eventId, code: ticket.code, scanId };
    expect((await scanTicket({ scans, ticketKeys: testTicketKeys(open.db) }, device('b'), at)).result).toBe('admitted');
    const [earlier] = await sync('a', [{ ticket, at: ago(5) }]);
    expect(earlier).toMatchObject({ result: 'admitted' });
    expect(earlier?.conflictAt).not.toBeNull();
    expect(await scanTicket({ scans, ticketKeys: testTicketKeys(open.db) }, device('b'), at)).toMatchObject({
      result: 'admitted',
      replayed: true,
    });
    const listed = await listConflicts({ db: open.db }, device('a'), { eventId: event.eventId, limit: 200 });
    expect(listed.find((conflict) => conflict.ticket_id === ticket.id)).toMatchObject({
      device_id: 'b',
      scan_id: scanId,
    });
  });

  it('a second scan at one device is no conflict: the device refused it itself', async () => {
    const ticket = await one();
    const answers = await sync('a', [
      { ticket, at: ago(5) },
      { ticket, at: ago(20) },
    ]);
    expect(answers.map((answer) => answer.result)).toEqual(['already_used', 'admitted']);
    expect(answers.map((answer) => answer.conflictAt)).toEqual([null, null]);
  });

  it('in, out and in again are merged although devices sync them out of order', async () => {
    const ticket = await one();
    await sync('a', [{ ticket, at: ago(30) }]);
    const [left] = await sync('b', [{ ticket, at: ago(20), direction: 'exit' }]);
    expect(left?.result).toBe('exited');
    const [back] = await sync('c', [{ ticket, at: ago(10) }]);
    expect(back).toMatchObject({ result: 'admitted', conflictAt: null, firstGate: 'a gate' });
    const [row] = await sql`select entries, inside from admissions where ticket_id = ${ticket.id}`;
    expect(row).toMatchObject({ entries: 2, inside: true });
  });

  it('are judged by the time of the scan: a later revocation does not count, an earlier one does; a time in the future becomes now', async () => {
    const [good, bad, ahead] = [await one(), await one(), await one()];
    await sql`update tickets set status = 'revoked', revoked_at = ${ago(10)} where id in ${sql([good.id, bad.id])}`;
    const answers = await sync('a', [
      { ticket: good, at: ago(15) },
      { ticket: bad, at: ago(5) },
      { ticket: ahead, at: new Date(Date.now() + 60 * minute) },
    ]);
    expect(answers.map((answer) => answer.result)).toEqual(['admitted', 'admitted', 'admitted']);
    expect(answers.map((answer) => answer.fault)).toEqual([null, 'revoked', null]);
    expect(ms(answers[2]?.at ?? null)).toBeLessThanOrEqual(Date.now() + 1000);
  });

  it('k gates offline, the same tickets at several: no valid ticket refused, every conflict listed', async () => {
    const place = await addDoorEvent(sql);
    const tickets = await addTickets(sql, place, 60);
    const gates = 6;
    const shown = tickets.flatMap((ticket, index) =>
      Array.from({ length: 1 + (index % 4) }, (_, copy) => ({
        ticket,
        at: new Date(ago(20).getTime() + ((index * 7 + copy * 13) % 600) * 1000),
        gate: (index + copy) % gates,
      })),
    );
    const byGate = Array.from({ length: gates }, (_, gate) => shown.filter((scan) => scan.gate === gate));
    await Promise.all(
      byGate.map((entries, gate) =>
        sync(
          `gate ${gate}`,
          entries.map(({ ticket, at }) => ({ ticket, at })),
          place,
        ),
      ),
    );
    const expected = tickets.reduce((sum, _, index) => sum + (index % 4), 0);
    const listed = await listConflicts({ db: open.db }, device('x', place), { eventId: place.eventId, limit: 500 });
    expect(listed).toHaveLength(expected);
    const summary = await countCheckIns(open.db, place.eventId);
    expect(summary.categories).toMatchObject([{ tickets: 60, admitted: 60, inside: 60 }]);
    const first = await sql<{ ticket_id: string; admitted_at: Date }[]>`
      select ticket_id, admitted_at from admissions where event_id = ${place.eventId}`;
    for (const { ticket_id, admitted_at } of first) {
      const earliest = Math.min(
        ...shown.filter((scan) => scan.ticket.id === ticket_id).map((scan) => scan.at.getTime()),
      );
      expect(admitted_at.getTime()).toBe(earliest);
    }
  });

  it('belong to the device’s own event', async () => {
    const foreign = await addDoorEvent(sql);
    const [ticket] = await addTickets(sql, foreign, 1);
    if (ticket === undefined) throw new Error('no ticket');
    await expect(
      syncScans({ db: open.db, clock: systemClock, ticketKeys: testTicketKeys(open.db) }, device('a'), {
        eventId: foreign.eventId,
        scans: [],
      }),
    ).rejects.toMatchObject({ code: 'check_in.other_event' });
    const staff: Actor = { ...event, kind: 'api_key', id: 'key_1', role: 'door' };
    const scan = { code: ticket.code, scanId: 's', scannedAt: ago(1) };
    const [answer] = await syncScans({ db: open.db, clock: systemClock, ticketKeys: testTicketKeys(open.db) }, staff, {
      eventId: foreign.eventId,
      scans: [scan],
    });
    expect(answer).toMatchObject({ result: 'invalid', ticketId: null });
  });
});
