import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../platform/db.ts';
import type { Direction, ScanResult } from './tables.ts';

/** One scan as it goes to the database. */
export type ScanToDecide = {
  /** The device or person that scans; scan ids are its own. */
  readonly deviceId: string;
  readonly scanId: string;
  readonly organizerId: string;
  /** Undefined for what cannot be a code; it is answered `invalid` like an unknown one. */
  readonly code: Uint8Array | undefined;
  readonly gate: string | undefined;
  readonly direction: Direction;
  /** When an offline device scanned; undefined for a scan that happens now. */
  readonly scannedAt: Date | undefined;
};

/** What the database answered, times as RFC 3339 text. */
export type DecidedScan = {
  readonly result: ScanResult;
  readonly ticketId: string | null;
  readonly ticketCategoryId: string | null;
  readonly ticketCategory: string | null;
  readonly at: string;
  readonly firstAt: string | null;
  readonly firstGate: string | null;
  readonly conflictAt: string | null;
  readonly conflictGate: string | null;
  readonly replayed: boolean;
};

/**
 * Decides scans of one event and writes them down, in one call and one transaction; answers in their order. Safe to
 * repeat: a scan id that was answered gets the same answer again. No two of the scans may have the same device and scan
 * id. Fails with 40001 when another call uses one of the scan ids at the same moment; run again, it is a repeat.
 */
export async function checkInTickets(
  db: Db,
  eventId: string,
  scans: readonly ScanToDecide[],
): Promise<readonly DecidedScan[]> {
  const input = JSON.stringify(
    scans.map((scan) => ({
      device: scan.deviceId,
      scan: scan.scanId,
      organizer: scan.organizerId,
      code: scan.code === undefined ? null : Buffer.from(scan.code).toString('hex'),
      gate: scan.gate ?? null,
      direction: scan.direction,
      at: scan.scannedAt?.toISOString() ?? null,
    })),
  );
  const [row] = await rowsOf<{ answers: readonly DecidedScan[] }>(
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
  readonly device_id: string;
  readonly scan_id: string;
  readonly ticket_id: string;
  readonly gate: string | null;
  readonly scanned_at: string;
  readonly conflict_at: string | null;
  readonly conflict_gate: string | null;
};

/** Entries that came later than another device's, newest first, before the given place in that order. */
export async function listConflictRows(
  db: Db,
  eventId: string,
  before: { scannedAt: string; deviceId: string; scanId: string } | undefined,
  limit: number,
): Promise<ConflictRow[]> {
  const place =
    before === undefined
      ? sql`true`
      : sql`(scanned_at, device_id, scan_id) < (${before.scannedAt}::timestamptz, ${before.deviceId}, ${before.scanId})`;
  return rowsOf<ConflictRow>(
    db,
    sql`select device_id, scan_id, ticket_id, gate, to_json(scanned_at) #>> '{}' as scanned_at,
          to_json(conflict_at) #>> '{}' as conflict_at, conflict_gate
        from scans where event_id = ${eventId} and conflict and ${place}
        order by scanned_at desc, device_id desc, scan_id desc limit ${limit}`,
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
