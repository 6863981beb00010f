import type { Answer } from '../../shared/calls/api.ts';
import { poll, type Poll } from '../../shared/calls/poll.ts';
import { backOff, spread } from '../../shared/calls/waiting.ts';
import type { Conflict, KeptScan } from './door-database.ts';
import { doorCall } from '../session/door-session.ts';
import { keepHandedIn, keepPage, keepUndoSent, readList, scansIn, unsentScans } from './door-store.ts';
import { readConflicts } from './read-conflicts.ts';
import type { Gate } from '../session/door-events.ts';
import type { ListEntry, ListRules } from './judge-offline.ts';

/** Syncs with the service: uploads this device's decisions, then downloads changes and conflicts from other doors. */

const listEveryMs = 20_000;
const ceilingMs = 60_000;
const batchMax = 200;
/** Half of the service's limit. A batch over the limit would block all later ones. */
const batchBytesMax = 256 * 1024;
const pageSize = 2000;
const pagesMax = 1000;

export type SyncState = {
  /** Scans and undos that are not uploaded yet. */
  readonly unsent: number;
  /** When the list was last current, by the server's clock. */
  readonly asOf: string | undefined;
  /** The first download of the list is in progress. */
  readonly isReading: boolean;
  /** Writing to the local store failed. */
  readonly isStoreBroken: boolean;
  /** Undefined until the first download. */
  readonly gates: readonly Gate[] | undefined;
};

type ListPage = ListRules & {
  readonly data: readonly ListEntry[];
  readonly showsNames: boolean;
  readonly nextCursor: string | null;
  readonly syncCursor: string | null;
  readonly asOf: string;
};

export type Sync = { now(): void; stop(): void };

type Told = { changed(state: SyncState): void; conflicts(): void; signedOut(): void };

/** Syncs an event until stopped, also while the page is hidden. `on.changed` reports every change of the state. */
export function startSync(eventId: string, on: Told): Sync {
  let failures = 0;
  let state: SyncState = { unsent: 0, asOf: undefined, isReading: false, isStoreBroken: false, gates: undefined };
  let isStopped = false;
  const tell = (more: Partial<SyncState>): void => {
    state = { ...state, ...more };
    if (!isStopped) on.changed(state);
  };
  const running: Poll = poll(
    async () => {
      const outcome = await syncOnce(eventId, { ...on, tell, isStopped: () => isStopped }).catch(
        () => 'broken' as const,
      );
      tell({ isStoreBroken: outcome === 'broken' });
      if (outcome === 'signed out') {
        if (!isStopped) on.signedOut();
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
      isStopped = true;
      window.removeEventListener('online', now);
      running.stop();
    },
  };
}

type Outcome = 'done' | 'refused' | 'unreachable' | 'signed out';

/** A refused step, such as an upload of a member who lost access, does not stop the other steps. */
async function syncOnce(
  eventId: string,
  on: Pick<Told, 'conflicts'> & { tell(more: Partial<SyncState>): void; isStopped(): boolean },
): Promise<Outcome> {
  const tell = async (isReading: boolean) => {
    const [unsent, list] = await Promise.all([unsentScans(), readList(eventId)]);
    on.tell({ unsent: unsent.length, asOf: list?.asOf, isReading });
  };
  await tell(false);
  let outcome: Outcome = 'done';
  for (const step of [
    () => handIn(eventId, on.conflicts),
    () => sendUndos(eventId),
    () => readChanges(eventId, { ...on, page: () => tell(true), gates: (gates) => on.tell({ gates }) }),
    () => readConflicts(eventId, on.conflicts).then(outcomeOf),
  ]) {
    const one = await step();
    await tell(false);
    if (one === 'signed out' || one === 'unreachable') return one;
    if (one === 'refused') outcome = one;
  }
  return outcome;
}

function outcomeOf(answer: Answer<unknown>): Outcome {
  if (answer.kind === 'refused') return answer.problem.status === 401 ? 'signed out' : 'refused';
  return answer.kind === 'ok' ? 'done' : 'unreachable';
}

/** Uploads the waiting scans of this event. */
async function handIn(eventId: string, onConflicts: Told['conflicts']): Promise<Outcome> {
  for (;;) {
    const scans = batchOf((await scansIn('waiting')).filter((scan) => scan.eventId === eventId));
    if (scans.length === 0) return 'done';
    const answer = await doorCall<{ data: SyncedScan[] }>('POST', '/v1/check-ins/batch', {
      eventId,
      sentAt: new Date().toISOString(),
      scans: scans.map(offlineScan),
    });
    if (answer.kind !== 'ok') return outcomeOf(answer);
    let isAnyInConflict = false;
    for (const scan of scans) {
      const one = answer.body.data.find(({ scanId }) => scanId === scan.scanId);
      if (one === undefined) return 'refused';
      const conflict = conflictOf(one);
      await keepHandedIn(scan, conflict);
      isAnyInConflict ||= conflict !== undefined;
    }
    if (isAnyInConflict) onConflicts();
  }
}

/** The first scans that fit into one request. Text read by a camera may be long. */
function batchOf(scans: readonly KeptScan[]): readonly KeptScan[] {
  let bytes = 0;
  const first = scans.slice(0, batchMax);
  const tooMany = first.findIndex((scan) => {
    bytes += new TextEncoder().encode(JSON.stringify(offlineScan(scan))).length;
    return bytes > batchBytesMax;
  });
  return tooMany === -1 ? first : first.slice(0, Math.max(1, tooMany));
}

/** Uploads the undos of this event. */
async function sendUndos(eventId: string): Promise<Outcome> {
  for (const scan of await scansIn('undone')) {
    if (scan.eventId !== eventId) continue;
    const { scanId, deviceId, undo } = scan;
    const answer = await doorCall('POST', '/v1/check-ins/undos', { eventId, scanId, deviceId, reason: undo?.reason });
    const outcome = outcomeOf(answer);
    const isFinal = answer.kind === 'refused' && [404, 409].includes(answer.problem.status);
    if (outcome !== 'done' && !isFinal) return outcome;
    await keepUndoSent(scan, isFinal);
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

type SyncedScan = {
  readonly scanId: string;
  readonly result: string;
  readonly fault?: string;
  readonly conflict?: { readonly at: string; readonly gate: string | null };
};

function conflictOf(one: SyncedScan): Conflict | undefined {
  if (one.fault === undefined && one.conflict === undefined && one.result !== 'refused') return undefined;
  return { fault: one.fault ?? (one.result === 'refused' ? 'refused' : undefined), other: one.conflict };
}

/** Continues the download at the last cursor, also of a list that was never complete. */
async function readChanges(
  eventId: string,
  on: { page(): Promise<void>; gates(gates: readonly Gate[]): void; isStopped(): boolean },
): Promise<Outcome> {
  let list = await readList(eventId);
  for (let page = 0; page < pagesMax; page += 1) {
    const query: string = list?.cursor === undefined ? '' : `&cursor=${encodeURIComponent(list.cursor)}`;
    const answer = await doorCall<ListPage>(
      'GET',
      `/v1/events/${eventId}/door-list?limit=${pageSize}${query}`,
      undefined,
      20_000,
    );
    // Start over if another release does not accept the cursor, or if the organiser has changed whether devices may keep names.
    const isPlaceLost = answer.kind === 'refused' && answer.problem.status === 400;
    const isOtherKind = answer.kind === 'ok' && answer.body.showsNames !== list?.showsNames;
    if (list?.cursor !== undefined && (isPlaceLost || isOtherKind)) {
      list = { ...list, cursor: undefined };
      continue;
    }
    if (answer.kind !== 'ok') return outcomeOf(answer);
    // Signed out meanwhile: the list was deleted and must not be written again.
    if (on.isStopped()) return 'unreachable';
    const { event, categories, gates, zones, signing, showsNames, data, nextCursor, syncCursor } = answer.body;
    const isLast = nextCursor === null;
    const after = list?.cursor;
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
    if (!(await keepPage(list, { entries: data, after, madeAtMs: Date.parse(answer.body.asOf) }))) {
      list = await readList(eventId);
      continue;
    }
    on.gates(gates);
    if (isLast) return 'done';
    await on.page();
  }
  return 'refused';
}
