import { type Actor, worksAt } from '../../access/actor.ts';
import type { TicketKeys } from '../../orders/index.ts';
import { otherEvent, scanIdReused } from '../errors.ts';
import { repeatsTotal, scansTotal } from '../metrics.ts';
import { type DecidedScan, type ReusedScan, type ScanToDecide, checkInTickets, countOwnScans } from './queries.ts';
import { type ScanInput, scanOf } from './scan-content.ts';
import { tellChange } from '../../platform/changes.ts';
import type { Db } from '../../platform/database/db.ts';
import { type GroupCommit, createGroupCommit } from '../../platform/database/group-commit.ts';
import { scanAnswerMs, scanBatchMax, scanEnough, scanEveryMs, scanQueueMax, scanWaitMs } from '../limits.ts';

/**
 * Decides an online scan. A refusal at the door is an answer, not an error: another organiser's event, a malformed code and an unknown
 * code are all `invalid`.
 * @throws DomainError check_in.other_event for a device or member of other events, check_in.scan_id_reused if the scan id was used for
 * another code, direction or gate, service.overloaded, service.unavailable
 */
export async function scanTicket(
  deps: { scans: ScanLane; ticketKeys: TicketKeys },
  actor: Actor,
  input: ScanInput & { readonly eventId: string },
): Promise<DecidedScan> {
  if (!worksAt(actor, input.eventId)) throw otherEvent();
  const answer = await deps.scans.submit(input.eventId, await scanOf(deps.ticketKeys, actor, input));
  scansTotal.inc({ result: answer.result, way: 'online' });
  if (answer.result === 'reused') throw scanIdReused();
  if (answer.replayed) repeatsTotal.inc({ way: 'online' });
  return answer;
}

export type ScanLane = GroupCommit<ScanToDecide, DecidedScan | ReusedScan>;

/**
 * Batches the scans of each event into one write.
 * @param deps.flushesMax events written at the same time; at most the size of the connection pool
 */
export function createScanLane(deps: { db: Db; flushesMax: number }): ScanLane {
  return createGroupCommit<ScanToDecide, DecidedScan | ReusedScan>({
    name: 'check_in',
    flush: async (eventId, scans) => {
      const answers = await checkInTickets(deps.db, eventId, scans);
      const count = countOwnScans(answers);
      if (count > 0) tellChange({ eventId, scans: count });
      return answers;
    },
    batchMax: scanBatchMax,
    queueMax: scanQueueMax,
    deadlineMs: scanWaitMs,
    answerMs: scanAnswerMs,
    flushesMax: deps.flushesMax,
    everyMs: scanEveryMs,
    enough: scanEnough,
    keysOf: (scan) => [`${scan.actorId} ${scan.deviceId} ${scan.scanId}`],
  });
}
