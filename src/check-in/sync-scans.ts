import type { Actor } from '../access/actor.ts';
import { isConflict } from '../platform/db-errors.ts';
import type { Db } from '../platform/db.ts';
import { otherEvent } from './errors.ts';
import { conflictsTotal, repeatsTotal, scansTotal } from './metrics.ts';
import { type DecidedScan, type ScanToDecide, checkInTickets } from './queries.ts';
import type { ScanInput } from './scan-ticket.ts';
import { readTicketCode } from './ticket-code.ts';

export type OfflineScan = Omit<ScanInput, 'eventId'> & { readonly scannedAt: Date };

const triesMax = 5;

/**
 * Takes in what a device scanned while it was offline: each scan is put where it belongs in the ticket's history, and
 * answered as it should have been. Two entries of one ticket are a conflict, reported with the other one's time and
 * gate; the earlier stands. Sending the same scans again changes nothing and gets the same answers.
 * @param input.scans at most `scansPerSyncMax`
 * @throws DomainError check_in.other_event for a device of another event
 */
export async function syncScans(
  deps: { db: Db },
  actor: Actor,
  input: { eventId: string; scans: readonly OfflineScan[] },
): Promise<readonly DecidedScan[]> {
  if (actor.kind === 'device' && actor.eventId !== input.eventId) throw otherEvent();
  const distinct = new Map(input.scans.toReversed().map((scan) => [scan.scanId, toDecide(actor, scan)]));
  const scanIds = [...distinct.keys()];
  const answers = await decide(deps.db, input.eventId, [...distinct.values()]);
  const answerOf = new Map(scanIds.map((scanId, index) => [scanId, answers[index]]));
  for (const answer of answers) {
    scansTotal.inc({ result: answer.result, way: 'offline' });
    if (answer.replayed) repeatsTotal.inc({ way: 'offline' });
    else if (answer.conflictAt !== null) conflictsTotal.inc();
  }
  return input.scans.flatMap((scan) => answerOf.get(scan.scanId) ?? []);
}

function toDecide(actor: Actor, scan: OfflineScan): ScanToDecide {
  return {
    deviceId: actor.id,
    scanId: scan.scanId,
    organizerId: actor.organizerId,
    code: readTicketCode(scan.code),
    gate: scan.gate,
    direction: scan.direction ?? 'entry',
    scannedAt: scan.scannedAt,
  };
}

/** Again when it met another call: the same scans are then a repeat. */
async function decide(db: Db, eventId: string, scans: readonly ScanToDecide[]): Promise<readonly DecidedScan[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await checkInTickets(db, eventId, scans);
    } catch (error) {
      if (tries >= triesMax || !isConflict(error)) throw error;
    }
  }
}
