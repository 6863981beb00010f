import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { readTicketCode } from '../../../../orders/tickets/codes/ticket-code.ts';
import { encodeBase32 } from '../../../../platform/text/base32.ts';
import { randomKey } from '../../shared/random-key.ts';
import { serverNow } from '../../shared/calls/server-clock.ts';
import { pause } from '../../shared/calls/waiting.ts';
import { type ScanAnswer, askToDecide } from './door-answer.ts';
import { deviceId, doorCall } from '../session/door-session.ts';
import { signal } from './door-signal.ts';
import type { KeptList, KeptScan } from '../offline/door-database.ts';
import { findEntry, keepScan, readList } from '../offline/door-store.ts';
import { type ListEntry, judgeOffline, judgeTicket } from '../offline/judge-offline.ts';

export type ScanPlace = {
  readonly timeZone: string | undefined;
  gateName(gate: string): string;
  readonly eventId: string;
  readonly gate: string | undefined;
  readonly direction: 'entry' | 'exit';
};

/** A scan that is being decided. */
export type Scan = {
  readonly scanId: string;
  readonly code: string;
  /** A guest who was found by search, instead of a code. */
  readonly found: ListEntry | undefined;
  readonly codeSha256: string | undefined;
  readonly entry: ListEntry | undefined;
  readonly place: ScanPlace;
  /** Undefined if this device has no complete list. */
  readonly list: KeptList | undefined;
};

/** Without a list, only the service can decide, so it is tried several times. */
const triesWithoutList = 4;
const retryMs = 400;
/** A code shown again this soon after it got no answer is the same scan. */
const sameScanMs = 60_000;
/** The service responds within 2.5 s (`scanAnswerMs`). */
const tryDeadlineMs = 3000;

/** Starts a scan. If the local store fails, it continues without a list. */
export async function beginScan(code: string, found: ListEntry | undefined, place: ScanPlace): Promise<Scan> {
  const read = readTicketCode(code);
  const codeSha256 =
    found?.codeSha256 ??
    (read === undefined ? undefined : bytesToHex(sha256(new TextEncoder().encode(encodeBase32(read.code)))));
  const list = await readList(place.eventId).catch(() => undefined);
  const entry =
    codeSha256 === undefined ? undefined : await findEntry(place.eventId, codeSha256).catch(() => undefined);
  return {
    scanId: randomKey(),
    code,
    found,
    codeSha256,
    entry: entry ?? found,
    place,
    list: list?.asOf === undefined ? undefined : list,
  };
}

/**
 * Remembers the last scan until it is answered. A scan whose response was lost may have been written. When the ticket is shown again, its
 * old id gets that answer; a new id would be refused as used.
 */
export function rememberUnanswered() {
  let last: { readonly scan: Scan; readonly until: number } | undefined;
  const whatOf = ({ code, codeSha256, place }: Scan) =>
    JSON.stringify([codeSha256 ?? code, place.eventId, place.gate, place.direction]);
  return {
    /** Returns the scan, with the last one's id if ticket and place are the same. */
    resume(scan: Scan): Scan {
      const now = performance.now();
      const id =
        last !== undefined && now < last.until && whatOf(last.scan) === whatOf(scan) ? last.scan.scanId : scan.scanId;
      const resumed = { ...scan, scanId: id };
      last = { scan: resumed, until: now + sameScanMs };
      return resumed;
    },
    forget(): void {
      last = undefined;
    },
  };
}

/** Asks the service, once if this device has a list, else several times. */
export async function askService(scan: Scan): Promise<ScanAnswer | 'signed out' | 'refused' | 'no answer'> {
  const { eventId, gate, direction } = scan.place;
  const guest = scan.found?.guest ?? undefined;
  const body = {
    eventId,
    scanId: scan.scanId,
    deviceId: deviceId(),
    direction,
    ...(guest === undefined ? { code: scan.code } : { ticketId: guest.ticketId }),
    ...(gate === undefined ? {} : { gate }),
  };
  const triesMax = scan.list === undefined ? triesWithoutList : 1;
  for (let tries = 1; tries <= triesMax; tries += 1) {
    const answer = await doorCall<ScanAnswer>('POST', '/v1/check-ins', body, tryDeadlineMs);
    if (answer.kind === 'ok') return answer.body;
    if (answer.kind === 'refused') {
      const { status } = answer.problem;
      if (status === 401) return 'signed out';
      if (status < 500 && status !== 429) return 'refused';
    }
    if (tries < triesMax) await pause(retryMs * tries);
  }
  return 'no answer';
}

/** Decides by this device's list. For a code that the list cannot judge, it asks the door staff. */
export async function decideHere(scan: Scan, list: KeptList): Promise<ScanAnswer> {
  const { entry, found, place, code } = scan;
  const facts = { entry, gate: place.gate, direction: place.direction, nowMs: serverNow() };
  const judged =
    found === undefined ? await judgeOffline(list, { ...facts, read: readTicketCode(code) }) : judgeTicket(list, facts);
  if (judged === 'unknown') {
    signal(false);
    const isLetIn = await askToDecide(list.asOf ?? '');
    if (!isLetIn) return { result: 'invalid' };
    return { result: place.direction === 'entry' ? 'admitted' : 'exited' };
  }
  const admission = entry?.admission ?? undefined;
  return { result: judged, ...(admission === undefined ? {} : { firstAdmission: admission }) };
}

/** Adds guest and category from the list. The service's values take precedence, since they are newer. */
export function withGuest(answer: ScanAnswer, { entry, list }: Scan, state: KeptScan['state']): ScanAnswer {
  const category = list?.categories.find(({ id }) => id === entry?.ticketCategoryId);
  const guest = entry?.guest ?? undefined;
  const note = category?.doorNote ?? undefined;
  return {
    ...(category === undefined ? {} : { ticket: { ticketCategory: category.name } }),
    ...(guest === undefined ? {} : { guest }),
    ...(note === undefined ? {} : { note }),
    ...answer,
    isOffline: state === 'waiting',
  };
}

/** Stores a decided scan. */
export async function keepDecided(scan: Scan, shown: ScanAnswer, state: KeptScan['state']): Promise<void> {
  const { scanId, code, codeSha256, place, entry, found } = scan;
  const guest = found?.guest ?? undefined;
  const kept = keepScan({
    scanId,
    eventId: place.eventId,
    deviceId: deviceId(),
    code,
    ...(guest === undefined ? {} : { ticketId: guest.ticketId }),
    codeSha256,
    direction: place.direction,
    gate: place.gate,
    scannedAt: new Date().toISOString(),
    clockOffsetMs: Math.round(serverNow() - Date.now()),
    result: shown.result,
    state,
    label: [shown.ticket?.ticketCategory, shown.guest?.name]
      .filter((part) => part !== undefined && part !== '')
      .join(' · '),
    before: entry?.admission ?? null,
  });
  // A decision of this device must be stored before anybody goes through. The service has already stored its own.
  await (state === 'waiting' ? kept : kept.catch(() => undefined));
}
