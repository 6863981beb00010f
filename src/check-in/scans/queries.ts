import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import type { Direction, Fault, ScanResult } from '../tables.ts';

/** One scan as it goes to the database. */
export type ScanToDecide = {
  /** The login and the hardware (empty when unknown). Scan ids are unique for each pair. */
  readonly actorId: string;
  readonly deviceId: string;
  readonly scanId: string;
  /** Hash, in hex, of code, direction and gate: the same scan id with another content is refused. */
  readonly content: string;
  readonly organizerId: string;
  /** In hex. Undefined when the input cannot be a code; the answer is `invalid`, as for an unknown code. */
  readonly code: string | undefined;
  readonly gate: string | undefined;
  readonly gateKey: string | undefined;
  readonly direction: Direction;
  /** Undefined for a scan that happens now. */
  readonly offline?: OfflineFacts | undefined;
};

/** What an offline door decided. */
export type OfflineFacts = {
  /** By the server's clock. */
  readonly at: Date;
  /** By the device's own clock. */
  readonly deviceAt: Date;
  /** Undefined when the device does not say. */
  readonly decision: ScanResult | undefined;
  /** Whether the person went through. */
  readonly passed: boolean;
};

/** The database's answer, with times as RFC 3339 text. */
export type DecidedScan = {
  readonly result: ScanResult;
  readonly ticketId: string | null;
  readonly ticketCategoryId: string | null;
  readonly ticketCategory: string | null;
  readonly at: string;
  /** For an entry that was let in offline against the rules: the answer it should have got. */
  readonly fault: Fault | null;
  readonly firstAt: string | null;
  readonly firstGate: string | null;
  readonly conflictAt: string | null;
  readonly conflictGate: string | null;
  /** What the door does for the category. Online scans only; a device that decides offline has it on its list. */
  readonly note?: string | null;
  /** Only where the organiser allows names at the door; online scans only. */
  readonly guest?: { readonly name: string; readonly orderId: string; readonly partySize: number } | null;
  readonly replayed: boolean;
};

/** The scan id stands for another scan. */
export type ReusedScan = { readonly result: 'reused'; readonly replayed: false };

/** How many of the answers are about a ticket of the event. Anybody may scan nonsense for an event that is not theirs. */
export function countOwnScans(answers: readonly (DecidedScan | ReusedScan)[]): number {
  return answers.filter((answer) => answer.result !== 'reused' && answer.ticketId !== null).length;
}

/**
 * Decides and records scans of one event, all online or all offline, in one call and one transaction; answers in their order. Safe to
 * repeat: a scan id that was answered gets the same answer again. The scans must be distinct. Fails with 40001 when another call uses one
 * of the scan ids at the same moment; a retry then finds the answer.
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
