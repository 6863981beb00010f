import * as fc from 'fast-check';
import { decodeBase32 } from '../../src/platform/text/base32.ts';
import { type DoorEvent, type HeldTicket, addDoorEvent, addTickets } from './door-event.ts';
import type { Door } from './door.ts';
import { Phone } from './phone.ts';
import { testTicketKeys } from './ticket-keys.ts';

/** Twenty minutes at six gates, by a simulated clock. The first gates are offline until they reconnect or the evening ends. */
export type Evening = {
  readonly gates: readonly {
    /** Undefined: it has its network all the time. */
    readonly backAtMinute: number | undefined;
    readonly clockOffsetMinutes: number;
    /** How many scans it uploads at once, and whether it loses the reply and uploads them again. */
    readonly perUpload: number;
    readonly losesReply: boolean;
  }[];
  readonly tickets: readonly {
    /** Sold after the phones have read their list: only its signature opens the door there. */
    readonly isLate: boolean;
    readonly visits: readonly { readonly gate: number; readonly minute: number }[];
  }[];
  readonly uploadsBackwards: boolean;
};

export type Played = {
  /** The broken promises. */
  readonly faults: readonly string[];
  readonly scans: number;
  readonly offlineScans: number;
  readonly admissions: number;
  /** Admissions beyond the first of each ticket. */
  readonly extra: number;
  readonly conflicts: number;
};

const gates = 6;
const minutes = 20;
const minuteMs = 60_000;

const gateWhere = (isOffline: fc.Arbitrary<boolean>) =>
  fc.record({
    backAtMinute: isOffline.chain((offline) =>
      offline ? fc.constantFrom(minutes, minutes, 5, 12) : fc.constant(undefined),
    ),
    clockOffsetMinutes: fc.constantFrom(0, 0, 1, -7, 300, -600),
    perUpload: fc.integer({ min: 1, max: 50 }),
    losesReply: fc.boolean(),
  });

/** Evenings with this many of the six gates offline. */
export const evenings = (offline: fc.Arbitrary<number>): fc.Arbitrary<Evening> =>
  offline.chain((count) =>
    fc.record({
      gates: fc.tuple(...Array.from({ length: gates }, (_, gate) => gateWhere(fc.constant(gate < count)))),
      tickets: fc.array(
        fc.record({
          isLate: fc.constantFrom(false, false, true),
          visits: fc.array(fc.record({ gate: fc.nat(gates - 1), minute: fc.nat(minutes - 1) }), {
            minLength: 1,
            maxLength: 5,
          }),
        }),
        { minLength: 1, maxLength: 8 },
      ),
      uploadsBackwards: fc.boolean(),
    }),
  );

/** Plays an evening at an event of its own. The gates without a network decide by the code of phones. */
export async function playEvening(door: Door, evening: Evening): Promise<Played> {
  const startMs = Date.now() - (minutes + 1) * minuteMs;
  const event = await addDoorEvent(door.sql, { doorsOpenAt: new Date(startMs - minuteMs) });
  const manager = await door.addKey(event, 'manager');
  const { organizerSlug, eventId } = event;
  await door.call(manager, 'PATCH', `/v1/organizers/${organizerSlug}/events/${eventId}/ticket-codes`, {
    codes: 'signed',
  });
  const listed = await addTickets(door.sql, event, evening.tickets.length);
  const phones: Phone[] = [];
  for (const [gate, { clockOffsetMinutes, backAtMinute }] of evening.gates.entries()) {
    const token = await door.addDevice(event);
    const phone = new Phone(door, event, { gate: `Gate ${gate}`, token, clockOffsetMs: clockOffsetMinutes * minuteMs });
    if (backAtMinute !== undefined) await phone.read();
    phones.push(phone);
  }
  const late = await addTickets(door.sql, event, evening.tickets.length);
  const codes = await signedCodes(
    door,
    event,
    evening.tickets.map(({ isLate }, index) => (isLate ? late : listed)[index]),
  );
  const seen = await showAll(phones, evening, codes, startMs);
  const faults = [...seen.faults];
  for (const index of order(evening)) faults.push(...((await phones[index]?.upload(evening.gates[index])) ?? []));
  const told: { ticketId: string; gate: string; other: { gate: string } }[] = (
    await door.call(manager, 'GET', `/v1/events/${eventId}/check-ins/conflicts?limit=200`)
  ).body.data;
  let extra = 0;
  let admissions = 0;
  for (const [index, { admittedAt, offlineGates }] of seen.tickets.entries()) {
    const times = admittedAt.length;
    admissions += times;
    extra += Math.max(0, times - 1);
    if (times < 1) faults.push(`ticket ${index} was refused everywhere`);
    if (times > 1 + offlineGates.size)
      faults.push(`ticket ${index} was admitted ${times} times with ${offlineGates.size} offline gates`);
    const own = told.filter(({ ticketId }) => ticketId === codes[index]?.id);
    if (own.length !== times - 1)
      faults.push(`ticket ${index} was admitted ${times} times and has ${own.length} conflicts`);
    const wrong = own.filter(
      ({ gate, other }) => gate === other.gate || !admittedAt.includes(gate) || !admittedAt.includes(other.gate),
    );
    if (wrong.length > 0)
      faults.push(`a conflict of ticket ${index} names ${wrong[0]?.gate} and ${wrong[0]?.other.gate}`);
  }
  return { faults, scans: seen.scans, offlineScans: seen.offlineScans, admissions, extra, conflicts: told.length };
}

type Code = { readonly id: string; readonly code: string };

async function signedCodes(
  door: Door,
  event: DoorEvent,
  tickets: readonly (HeldTicket | undefined)[],
): Promise<Code[]> {
  const write = await testTicketKeys(door.open.db).writerOf(event.eventId);
  return tickets.map((ticket) => {
    if (ticket === undefined) throw new Error('there is a ticket for each');
    return { id: ticket.id, code: write({ code: Buffer.from(decodeBase32(ticket.code) ?? []), codesBefore: 0 }).code };
  });
}

/** Shows every ticket at its gates in the order of time. A gate that is back uploads first. */
async function showAll(phones: readonly Phone[], evening: Evening, codes: readonly Code[], startMs: number) {
  const tickets = codes.map(() => ({ admittedAt: [] as string[], offlineGates: new Set<string>() }));
  const faults: string[] = [];
  const back = new Set<number>();
  let [scans, offlineScans] = [0, 0];
  const visits = evening.tickets
    .flatMap(({ visits: own }, ticket) => own.map((visit) => ({ ...visit, ticket })))
    .sort((one, other) => one.minute - other.minute);
  for (const [turn, { gate, minute, ticket }] of visits.entries()) {
    const [phone, rules, shown, seen] = [phones[gate], evening.gates[gate], codes[ticket], tickets[ticket]];
    if (phone === undefined || rules === undefined || shown === undefined || seen === undefined)
      throw new Error('unknown');
    const isOffline = rules.backAtMinute !== undefined && minute < rules.backAtMinute;
    if (!isOffline && rules.backAtMinute !== undefined && !back.has(gate)) {
      back.add(gate);
      faults.push(...(await phone.upload(rules)));
    }
    const result = await (isOffline
      ? phone.decide(shown.code, startMs + minute * minuteMs + turn)
      : phone.scan(shown.code));
    scans += 1;
    if (isOffline) {
      offlineScans += 1;
      seen.offlineGates.add(phone.gate);
    }
    const isExpected = result === 'admitted' || (result === 'already_used' && seen.admittedAt.length > 0);
    if (!isExpected)
      faults.push(
        `ticket ${ticket}, admitted ${seen.admittedAt.length} times, was answered ${result} at ${phone.gate}`,
      );
    if (result === 'admitted') seen.admittedAt.push(phone.gate);
  }
  return { tickets, faults, scans, offlineScans };
}

function order({ gates: all, uploadsBackwards }: Evening): number[] {
  const places = [...all.keys()];
  return uploadsBackwards ? places.toReversed() : places;
}
