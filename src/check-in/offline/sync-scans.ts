import { type Actor, worksAt } from '../../access/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import { tellChange } from '../../platform/changes.ts';
import { isConflict } from '../../platform/database/db-errors.ts';
import type { Db } from '../../platform/database/db.ts';
import type { TicketKeys } from '../../orders/index.ts';
import { otherEvent } from '../errors.ts';
import { conflictsTotal, faultsTotal, repeatsTotal, scansTotal } from '../metrics.ts';
import { clockSkewIgnoredMs, scanIdLengthMax } from '../limits.ts';
import {
  type DecidedScan,
  type OfflineFacts,
  type ReusedScan,
  type ScanToDecide,
  checkInTickets,
  countOwnScans,
} from '../scans/queries.ts';
import { type ScanInput, scanOf } from '../scans/scan-content.ts';
import type { ScanResult } from '../tables.ts';
import type { z } from '@hono/zod-openapi';
import { inputFaults } from '../../http/contract/router.ts';
import { type DomainError, requestInvalid } from '../../platform/errors.ts';
import { offlineScanSchema, type syncSchema } from './schemas.ts';

export type OfflineScan = ScanInput & {
  /** By the device's own clock. */
  readonly scannedAt: Date;
  /** Server time minus device time at the scan, if known. */
  readonly clockOffsetMs?: number | undefined;
  /** The door's decision. If omitted, the person went through. */
  readonly result?: ScanResult | undefined;
};

export type SyncInput = {
  readonly eventId: string;
  readonly scans: readonly OfflineScan[];
  /** When the batch was sent, by the device's clock. Its difference from the server's clock corrects the times of the scans. */
  readonly sentAt?: Date | undefined;
};

const triesMax = 5;

/** Scans of one request that are read concurrently. Each may need a query, and one request must not exhaust the pool. */
const scanReadsMax = 8;

/**
 * Records the offline scans of a device. The door's decision stands: a visitor who was let in is inside and may leave, and
 * the answer names the rule that was broken (`fault`). Each scan takes its place in time in the ticket's history. Two entries
 * of one ticket are a conflict, reported with time and gate of the other; the earlier entry stands. Idempotent: the same
 * scans get the same answers. A scan id that was used for another scan gets `reused`; the other scans are not affected.
 * @param input.scans at most `scansPerSyncMax`
 * @throws DomainError check_in.other_event for a device or member of other events
 */
export async function syncScans(
  deps: { db: Db; clock: Clock; ticketKeys: TicketKeys },
  actor: Actor,
  input: SyncInput,
): Promise<readonly (DecidedScan | ReusedScan)[]> {
  if (!worksAt(actor, input.eventId)) throw otherEvent();
  const offsetMs = input.sentAt === undefined ? 0 : deps.clock.now().getTime() - input.sentAt.getTime();
  const read = async (scan: SyncInput['scans'][number]) => {
    const known = await scanOf(deps.ticketKeys, actor, { ...scan, eventId: input.eventId });
    return {
      key: JSON.stringify([known.deviceId, scan.scanId, known.content, scan.scannedAt, scan.result]),
      decided: { ...known, offline: offlineFactsOf(scan, offsetMs) },
    };
  };
  const given: Awaited<ReturnType<typeof read>>[] = [];
  for (let first = 0; first < input.scans.length; first += scanReadsMax) {
    given.push(...(await Promise.all(input.scans.slice(first, first + scanReadsMax).map(read))));
  }
  const distinct = new Map(given.map(({ key, decided }) => [key, decided]));
  const answers = distinct.size === 0 ? [] : await decide(deps.db, input.eventId, [...distinct.values()]);
  const answerOf = new Map([...distinct.keys()].map((key, index) => [key, answers[index]]));
  const scans = countOwnScans(answers);
  if (scans > 0) tellChange({ eventId: input.eventId, scans });
  for (const answer of answers) count(answer);
  return given.flatMap(({ key }) => answerOf.get(key) ?? []);
}

function offlineFactsOf(scan: OfflineScan, sentOffsetMs: number): OfflineFacts {
  const offsetMs = scan.clockOffsetMs ?? (Math.abs(sentOffsetMs) < clockSkewIgnoredMs ? 0 : sentOffsetMs);
  const good = (scan.direction ?? 'entry') === 'entry' ? 'admitted' : 'exited';
  return {
    at: new Date(scan.scannedAt.getTime() + offsetMs),
    deviceAt: scan.scannedAt,
    decision: scan.result,
    passed: scan.result === undefined || scan.result === good,
  };
}

function count(answer: DecidedScan | ReusedScan): void {
  scansTotal.inc({ result: answer.result, way: 'offline' });
  if (answer.replayed) return repeatsTotal.inc({ way: 'offline' });
  if (answer.result === 'reused') return;
  if (answer.conflictAt !== null) conflictsTotal.inc();
  if (answer.fault !== null) faultsTotal.inc({ fault: answer.fault });
}

/** Retries if a concurrent call used the same scan ids. The retry reports those scans as replayed. */
async function decide(
  db: Db,
  eventId: string,
  scans: readonly ScanToDecide[],
): Promise<readonly (DecidedScan | ReusedScan)[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await checkInTickets(db, eventId, scans);
    } catch (error) {
      if (tries >= triesMax || !isConflict(error)) throw error;
    }
  }
}

/** A refused item, with its scan id if it has a readable one. */
type RefusedItem = { readonly scanId: string | null; readonly problem: DomainError };

/** Parses one item of a batch separately: a bad item must not keep a phone from uploading the good ones. */
export function readOfflineScan(item: unknown, batch: z.output<typeof syncSchema>): OfflineScan | RefusedItem {
  const read = offlineScanSchema.safeParse(item);
  if (read.success) return { ...read.data, deviceId: read.data.deviceId ?? batch.deviceId };
  return { scanId: shownScanId(item), problem: requestInvalid(inputFaults(read.error)) };
}

function shownScanId(item: unknown): string | null {
  if (typeof item !== 'object' || item === null || !('scanId' in item)) return null;
  const { scanId } = item;
  return typeof scanId === 'string' ? scanId.toWellFormed().slice(0, scanIdLengthMax) : null;
}
