import { poll, type Poll } from '../shared/calls/poll.ts';
import { backOff, spread } from '../shared/calls/waiting.ts';
import { doorCall } from './door-session.ts';
import { type Conflict, type KeptScan, keepPage, changeScan, lastScans, readList, waitingScans } from './door-store.ts';
import type { ListEntry, ListRules } from './judge-offline.ts';

/** Hands in what this device decided, then reads what changed at the other doors. */

const listEveryMs = 20_000;
const ceilingMs = 60_000;
/** A batch stays far below the service's limit of bytes, also with signed codes. */
const batchMax = 200;
const pageSize = 2000;
const pagesMax = 1000;
/** Scans that are looked through for undos that were not sent. */
const undosMax = 500;

export type SyncState = {
  readonly waiting: number;
  /** The newest time at which the list was current, by the server's clock. */
  readonly asOf: string | undefined;
  /** A first reading of the list continues. */
  readonly isReading: boolean;
};

type ListPage = ListRules & {
  readonly data: readonly ListEntry[];
  readonly showsNames: boolean;
  readonly nextCursor: string | null;
  readonly syncCursor: string | null;
  readonly asOf: string;
};

export type Sync = { now(): void; stop(): void };

/** Syncs an event until it is stopped, also while the page is hidden. `onChange` is called when something is different. */
export function startSync(
  eventId: string,
  on: { changed(state: SyncState): void; conflicts(found: readonly KeptScan[]): void; signedOut(): void },
): Sync {
  let failures = 0;
  const running: Poll = poll(
    async () => {
      const outcome = await syncOnce(eventId, on);
      if (outcome === 'signed out') {
        on.signedOut();
        return undefined;
      }
      failures = outcome === 'done' ? 0 : failures + 1;
      if (failures === 0) return spread(listEveryMs, Math.random());
      return backOff(failures, { firstMs: 2000, ceilingMs, random: Math.random() });
    },
    { alsoHidden: true },
  );
  const now = () => running.now();
  window.addEventListener('online', now);
  return {
    now,
    stop: () => {
      window.removeEventListener('online', now);
      running.stop();
    },
  };
}

type Outcome = 'done' | 'failed' | 'signed out';

async function syncOnce(eventId: string, on: Parameters<typeof startSync>[1]): Promise<Outcome> {
  const tell = async (isReading: boolean) => {
    const [waiting, list] = await Promise.all([waitingScans(), readList(eventId)]);
    on.changed({ waiting: waiting.length, asOf: list?.asOf, isReading });
  };
  await tell(false);
  const handedIn = await handIn(eventId, on.conflicts);
  await tell(false);
  if (handedIn !== 'done') return handedIn;
  const undone = await sendUndos(eventId);
  if (undone !== 'done') return undone;
  const read = await readChanges(eventId, () => tell(true));
  await tell(false);
  return read;
}

/** Hands in the scans of this event that wait, and the undos. */
async function handIn(eventId: string, onConflicts: (found: readonly KeptScan[]) => void): Promise<Outcome> {
  for (;;) {
    const scans = (await waitingScans()).filter((scan) => scan.eventId === eventId).slice(0, batchMax);
    if (scans.length === 0) return 'done';
    type Answer = {
      data: { scanId: string; result: string; fault?: string; conflict?: { at: string; gate: string | null } }[];
    };
    const answer = await doorCall<Answer>('POST', '/v1/check-ins/batch', {
      eventId,
      sentAt: new Date().toISOString(),
      scans: scans.map(offlineScan),
    });
    if (answer.kind === 'refused' && answer.problem.status === 401) return 'signed out';
    if (answer.kind !== 'ok') return 'failed';
    const told: KeptScan[] = [];
    for (const scan of scans) {
      const one = answer.body.data.find(({ scanId }) => scanId === scan.scanId);
      if (one === undefined) return 'failed';
      const conflict = conflictOf(one);
      await changeScan(scan, { state: 'sent', ...(conflict === undefined ? {} : { conflict }) });
      if (conflict !== undefined) told.push(scan);
    }
    if (told.length > 0) onConflicts(told);
  }
}

/** Tells the service which scans were taken back here. */
async function sendUndos(eventId: string): Promise<Outcome> {
  for (const scan of await lastScans(eventId, undosMax)) {
    if (scan.undo === undefined || scan.undo.isSent || scan.state === 'waiting') continue;
    const { scanId, deviceId, undo } = scan;
    const answer = await doorCall('POST', '/v1/check-ins/undos', { eventId, scanId, deviceId, reason: undo.reason });
    if (answer.kind === 'refused' && answer.problem.status === 401) return 'signed out';
    const isFinal = answer.kind === 'refused' && answer.problem.status < 500 && answer.problem.status !== 429;
    if (answer.kind !== 'ok' && !isFinal) return 'failed';
    await changeScan(scan, { undo: { ...undo, isSent: true } });
  }
  return 'done';
}

function offlineScan({
  code,
  ticketId,
  scanId,
  deviceId,
  direction,
  gate,
  scannedAt,
  clockOffsetMs,
  result,
}: KeptScan) {
  return {
    ...(ticketId === undefined ? { code } : { ticketId }),
    scanId,
    deviceId,
    direction,
    scannedAt,
    clockOffsetMs,
    result,
    ...(gate === undefined ? {} : { gate }),
  };
}

function conflictOf(one: {
  result: string;
  fault?: string;
  conflict?: { at: string; gate: string | null };
}): Conflict | undefined {
  if (one.fault === undefined && one.conflict === undefined && one.result !== 'refused') return undefined;
  return { fault: one.fault ?? (one.result === 'refused' ? 'refused' : undefined), other: one.conflict };
}

/** Reads the list on from where this device was. A list that was never complete is read on, too. */
async function readChanges(eventId: string, onPage: () => Promise<void>): Promise<Outcome> {
  let list = await readList(eventId);
  for (let page = 0; page < pagesMax; page += 1) {
    const query: string = list?.cursor === undefined ? '' : `&cursor=${encodeURIComponent(list.cursor)}`;
    const answer = await doorCall<ListPage>(
      'GET',
      `/v1/events/${eventId}/door-list?limit=${pageSize}${query}`,
      undefined,
      20_000,
    );
    if (answer.kind === 'refused' && answer.problem.status === 401) return 'signed out';
    if (answer.kind !== 'ok') return 'failed';
    const { event, categories, gates, zones, signing, showsNames, data, nextCursor, syncCursor } = answer.body;
    const madeAtMs = Date.parse(answer.body.asOf);
    // Names must go as soon as the organiser takes them back: the list is read again.
    if (list !== undefined && list.showsNames !== showsNames) {
      list = { ...list, showsNames, cursor: undefined };
      await keepPage(list, [], madeAtMs);
      continue;
    }
    const isLast = nextCursor === null;
    list = {
      eventId,
      event,
      categories,
      gates,
      zones,
      signing,
      showsNames,
      cursor: nextCursor ?? syncCursor ?? undefined,
      asOf: isLast ? answer.body.asOf : list?.asOf,
    };
    await keepPage(list, data, madeAtMs);
    if (isLast) return 'done';
    await onPage();
  }
  return 'failed';
}
