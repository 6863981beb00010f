import type { Db } from '../../platform/database/db.ts';
import { type GroupCommit, createGroupCommit } from '../../platform/database/group-commit.ts';
import { scanAnswerMs, scanBatchMax, scanQueueMax, scanWaitMs } from '../limits.ts';
import { type DecidedScan, type ReusedScan, type ScanToDecide, checkInTickets } from './queries.ts';

export type ScanLane = GroupCommit<ScanToDecide, DecidedScan | ReusedScan>;

/**
 * Collects the scans of each event and writes them together.
 * @param deps.flushesMax events written at the same time; at most the connections of the pool
 */
export function createScanLane(deps: { db: Db; flushesMax: number }): ScanLane {
  return createGroupCommit<ScanToDecide, DecidedScan | ReusedScan>({
    name: 'check_in',
    flush: (eventId, scans) => checkInTickets(deps.db, eventId, scans),
    batchMax: scanBatchMax,
    queueMax: scanQueueMax,
    deadlineMs: scanWaitMs,
    answerMs: scanAnswerMs,
    flushesMax: deps.flushesMax,
    keysOf: (scan) => [`${scan.actorId} ${scan.deviceId} ${scan.scanId}`],
  });
}
