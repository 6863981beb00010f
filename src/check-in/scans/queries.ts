import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import type { Direction, Fault, ScanResult } from '../tables.ts';

/** One scan as it goes to the database. */
export type ScanToDecide = {
  /** Who scans, and with which hardware (empty when that is not known); scan ids are theirs. */
  readonly actorId: string;
  readonly deviceId: string;
  readonly scanId: string;
  /** Hash, in hex, of code, direction and gate: the same scan id with another one is refused. */
  readonly content: string;
  readonly organizerId: string;
  /** In hex. Undefined for what cannot be a code; it is answered `invalid` like an unknown one. */
  readonly code: string | undefined;
  readonly gate: string | undefined;
  readonly gateKey: string | undefined;
  readonly direction: Direction;
  /** Undefined for a scan that happens now. */
  readonly offline?: OfflineFacts | undefined;
};

/** What a door did by itself. */
export type OfflineFacts = {
  /** By the server's clock. */
  readonly at: Date;
  /** By the device's own clock. */
  readonly deviceAt: Date;
  /** Undefined when the device does not say. */
  readonly decision: ScanResult | undefined;
  /** The person went through. */
  readonly passed: boolean;
};

/** What the database answered, times as RFC 3339 text. */
export type DecidedScan = {
  readonly result: ScanResult;
  readonly ticketId: string | null;
  readonly ticketCategoryId: string | null;
  readonly ticketCategory: string | null;
  readonly at: string;
  /** Let in offline against the rules: what the answer would have been. */
  readonly fault: Fault | null;
  readonly firstAt: string | null;
  readonly firstGate: string | null;
  readonly conflictAt: string | null;
  readonly conflictGate: string | null;
  readonly replayed: boolean;
};

/** The scan id was used for something else. */
export type ReusedScan = { readonly result: 'reused'; readonly replayed: false };

/**
 * Decides scans of one event, all online or all offline, and writes them down, in one call and one transaction; answers in
 * their order. Safe to repeat: a scan id that was answered gets the same answer again. No two of the scans may be equal.
 * Fails with 40001 when another call uses one of the scan ids at the same moment; run again, it is a repeat.
 */
export async function checkInTickets(
  db: Db,
  eventId: string,
  scans: readonly ScanToDecide[],
): Promise<readonly (DecidedScan | ReusedScan)[]> {
  const input = JSON.stringify(
    scans.map(({ actorId, deviceId, scanId, content, organizerId, code, gate, gateKey, direction, offline }) => ({
      actor: actorId,
      device: deviceId,
      scan: scanId,
      content,
      organizer: organizerId,
      code,
      gate,
      gateKey,
      direction,
      ...offline,
    })),
  );
  const [row] = await rowsOf<{ answers: readonly (DecidedScan | ReusedScan)[] }>(
    db,
    sql`select check_in_tickets(${eventId}, ${input}::jsonb) as answers`,
  );
  return row?.answers ?? [];
}

export type DoorEvent = {
  readonly id: string;
  readonly doors_open_at: string;
  readonly ends_at: string;
  readonly now: string;
};

/** An organiser's own event; undefined for any other, whether it exists or not. */
export async function findDoorEvent(db: Db, organizerId: string, eventId: string): Promise<DoorEvent | undefined> {
  const [row] = await rowsOf<DoorEvent>(
    db,
    sql`select id, to_json(doors_open_at) #>> '{}' as doors_open_at, to_json(ends_at) #>> '{}' as ends_at,
          to_json(now()) #>> '{}' as now
        from events where id = ${eventId} and organizer_id = ${organizerId}`,
  );
  return row;
}

export type DoorCategory = {
  readonly id: string;
  readonly name: string;
  readonly entry_opens_at: string | null;
  readonly entry_closes_at: string | null;
};

export async function listDoorCategories(db: Db, eventId: string): Promise<DoorCategory[]> {
  return rowsOf<DoorCategory>(
    db,
    sql`select id, name, to_json(entry_opens_at) #>> '{}' as entry_opens_at,
          to_json(entry_closes_at) #>> '{}' as entry_closes_at
        from ticket_categories where event_id = ${eventId} order by position, id`,
  );
}

export type DoorTicket = {
  readonly id: string;
  readonly code: Buffer;
  readonly ticket_category_id: string;
  readonly status: 'live' | 'revoked';
  readonly changed_at: string;
};

/**
 * Tickets of an event in the order in which they were issued or revoked, after the given place in that order. Uses the
 * index tickets_changed. A ticket revoked while pages are read comes again, with its new status.
 */
export async function listDoorTickets(
  db: Db,
  eventId: string,
  after: { changedAt: string; id: string },
  limit: number,
): Promise<DoorTicket[]> {
  return rowsOf<DoorTicket>(
    db,
    sql`select id, code, ticket_category_id, status, to_json(greatest(issued_at, revoked_at)) #>> '{}' as changed_at
        from tickets
        where event_id = ${eventId}
          and (greatest(issued_at, revoked_at), id) > (${after.changedAt}::timestamptz, ${after.id})
        order by greatest(issued_at, revoked_at), id limit ${limit}`,
  );
}

export type ConflictRow = {
  readonly actor_id: string;
  readonly device_id: string;
  readonly scan_id: string;
  readonly ticket_id: string | null;
  readonly gate: string | null;
  readonly scanned_at: string;
  readonly fault: Fault | null;
  readonly conflict_at: string | null;
  readonly conflict_gate: string | null;
  readonly conflict_device_id: string | null;
};

export type ConflictPlace = {
  readonly scannedAt: string;
  readonly actorId: string;
  readonly deviceId: string;
  readonly scanId: string;
};

/**
 * Entries that an offline door should not have let in, newest first, before the given place in that order: those that came
 * later than another device's, and those against the rules.
 */
export async function listConflictRows(
  db: Db,
  eventId: string,
  before: ConflictPlace | undefined,
  limit: number,
): Promise<ConflictRow[]> {
  const place =
    before === undefined
      ? sql`true`
      : sql`(s.scanned_at, s.actor_id, s.device_id, s.scan_id) <
          (${before.scannedAt}::timestamptz, ${before.actorId}, ${before.deviceId}, ${before.scanId})`;
  return rowsOf<ConflictRow>(
    db,
    sql`select s.actor_id, s.device_id, s.scan_id, s.ticket_id, s.gate, to_json(s.scanned_at) #>> '{}' as scanned_at,
          s.fault, case when s.conflict then to_json(s.conflict_at) #>> '{}' end as conflict_at,
          case when s.conflict then s.conflict_gate end as conflict_gate, other.device as conflict_device_id
        from scans s
        left join lateral (
          select coalesce(nullif(device_id, ''), actor_id) as device from scans o
          where o.event_id = s.event_id and o.ticket_id = s.ticket_id and o.scanned_at = s.conflict_at and o.passed
          limit 1
        ) other on s.conflict
        where s.event_id = ${eventId} and ((s.conflict and s.direction = 'entry') or s.fault is not null) and ${place}
        order by s.scanned_at desc, s.actor_id desc, s.device_id desc, s.scan_id desc limit ${limit}`,
  );
}

/** A ticket of the order that has been admitted, if there is one. */
export async function findAdmittedTicket(db: Db, eventId: string, orderId: string): Promise<string | undefined> {
  const [row] = await rowsOf<{ id: string }>(
    db,
    sql`select t.id from tickets t join admissions a on a.event_id = t.event_id and a.ticket_id = t.id
        where t.event_id = ${eventId} and t.order_id = ${orderId} limit 1`,
  );
  return row?.id;
}
