import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { prepared } from '../../platform/database/prepared.ts';
import type { Direction, Fault, ScanResult } from '../tables.ts';

/** One scan as the database takes it. */
export type ScanToDecide = {
  /** The login and the device (empty if unknown). Scan ids are unique per pair. */
  readonly actorId: string;
  readonly deviceId: string;
  readonly scanId: string;
  /** Hex hash of code, direction and gate. The same scan id with other content is refused. */
  readonly content: string;
  readonly organizerId: string;
  /** Hex. Undefined for malformed input, which gets `invalid` like an unknown code. */
  readonly code: string | undefined;
  readonly gate: string | undefined;
  readonly gateKey: string | undefined;
  readonly direction: Direction;
  /** Undefined for an online scan. */
  readonly offline?: OfflineFacts | undefined;
};

/** What an offline door decided. */
export type OfflineFacts = {
  /** By the server's clock. */
  readonly at: Date;
  /** By the device's own clock. */
  readonly deviceAt: Date;
  /** Undefined if the device does not send it. */
  readonly decision: ScanResult | undefined;
  /** Whether the person went through. */
  readonly passed: boolean;
};

/** The answer of the database. Times are RFC 3339 text. */
export type DecidedScan = {
  readonly result: ScanResult;
  readonly ticketId: string | null;
  readonly ticketCategoryId: string | null;
  readonly ticketCategory: string | null;
  readonly at: string;
  /** The rule that an offline entry broke. */
  readonly fault: Fault | null;
  readonly firstAt: string | null;
  readonly firstGate: string | null;
  readonly conflictAt: string | null;
  readonly conflictGate: string | null;
  /** The note for the door staff about the category. Online scans only; offline devices have it in their list. */
  readonly note?: string | null;
  /** Online scans only, and only if the organiser allows names at the door. */
  readonly guest?: { readonly name: string; readonly orderId: string; readonly partySize: number } | null;
  readonly replayed: boolean;
};

/** The scan id was used for another scan. */
export type ReusedScan = { readonly result: 'reused'; readonly replayed: false };

/** Counts the answers about tickets of the event. Unknown codes do not count, since anybody may send them for any event. */
export function countOwnScans(answers: readonly (DecidedScan | ReusedScan)[]): number {
  return answers.filter((answer) => answer.result !== 'reused' && answer.ticketId !== null).length;
}

/**
 * Decides and records scans of one event, all online or all offline, in one transaction. Answers are in the order of the scans. Idempotent:
 * an answered scan id gets the same answer again. The scans must be distinct. Fails with 40001 if another call uses one of the scan ids at
 * the same moment; a retry finds the answer.
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
    sql`select check_in_tickets(${eventId}, ${input}::jsonb) as answers ${prepared}`,
  );
  return row?.answers ?? [];
}
