import { randomUUID } from 'node:crypto';
import type { Actor } from '../../src/access/actor.ts';
import { createScanLane, scanTicket } from '../../src/check-in/index.ts';
import { readTicketCode } from '../../src/orders/tickets/codes/ticket-code.ts';
import type { Db } from '../../src/platform/database/db.ts';
import { encodeBase32 } from '../../src/platform/text/base32.ts';
import { type ListEntry, type ListRules, judgeOffline } from '../../src/web/client/door/offline/judge-offline.ts';
import { type VerifySignature, verifyByLibrary } from '../../src/web/client/door/offline/verify-by-library.ts';
import { verifySignature } from '../../src/web/client/door/offline/verify-signature.ts';
import type { Forgery } from './forged-codes.ts';
import { testTicketKeys } from './ticket-keys.ts';

/**
 * How many codes of a kind were judged, and how many were let in: by the service, by an offline phone (`offline`), by one whose browser has no
 * Ed25519 (`older`, of `triedOlder`), and by a whole scan (`admitted`, of `scans`).
 */
export type Judged = {
  tried: number;
  online: number;
  offline: number;
  triedOlder: number;
  older: number;
  scans: number;
  admitted: number;
};

type Code = { readonly kind: string; readonly text: string };

/** Judged at once, because checking signatures for the service runs in threads. */
const atOnce = 200;
/** One code of a kind in this many is also scanned, with all reads and writes. */
const scanEvery = 100;
/** One code of a kind in this many is also judged as an older phone does, whose library takes milliseconds of a processor. */
const olderEvery = 40;
const day = 86_400_000;

/**
 * Has codes judged by the code of the service and of phones.
 * @returns the counts by kind
 */
export async function judgeCodes(
  { event, issued, signing }: Forgery,
  codes: Iterable<Code>,
  db: Db,
): Promise<ReadonlyMap<string, Judged>> {
  const ticketKeys = testTicketKeys(db);
  const scans = createScanLane({ db, flushesMax: 2 });
  const device: Actor = { ...event, kind: 'device', id: 'dev_forger', role: 'door' };
  const rules = rulesOf(event.eventId, signing);
  const counts = new Map<string, Judged>();
  const countOf = (kind: string): Judged => {
    const count = counts.get(kind) ?? nothing();
    counts.set(kind, count);
    return count;
  };
  const judgeOnline = async ({ kind, text }: Code): Promise<void> => {
    const read = readTicketCode(text);
    const bytes = read === undefined ? undefined : await ticketKeys.verified(event.eventId, read);
    if (bytes !== undefined && issued.has(encodeBase32(bytes))) countOf(kind).online += 1;
  };
  const scan = async ({ kind, text }: Code): Promise<void> => {
    const asked = { eventId: event.eventId, code: text, scanId: randomUUID() };
    const { result } = await scanTicket({ scans, ticketKeys }, device, asked);
    const count = countOf(kind);
    count.scans += 1;
    count.admitted += result === 'admitted' || result === 'already_used' ? 1 : 0;
  };
  const isLetIn = async (text: string, verify: VerifySignature): Promise<boolean> => {
    const read = readTicketCode(text);
    const code = encodeBase32(read?.code ?? new Uint8Array());
    const entry = issued.has(code) ? entryOf(code) : undefined;
    const facts = { read, entry, gate: undefined, direction: 'entry', nowMs: Date.now() } as const;
    return (await judgeOffline(rules, facts, verify)) === 'admitted';
  };
  const judgeByPhone = async ({ kind, text }: Code): Promise<void> => {
    if (await isLetIn(text, verifySignature)) countOf(kind).offline += 1;
  };
  const judgeByOlderPhone = async ({ kind, text }: Code): Promise<void> => {
    countOf(kind).triedOlder += 1;
    if (await isLetIn(text, verifyByLibrary)) countOf(kind).older += 1;
  };
  // Older phones last, because their library blocks the event loop, and database responses would wait.
  const judge = async (some: readonly Code[]): Promise<void> => {
    const numbered = some.map((code) => ({ code, number: (countOf(code.kind).tried += 1) }));
    const every = (times: number) => numbered.filter(({ number }) => number % times === 1).map(({ code }) => code);
    await Promise.all([...some.map(judgeOnline), ...some.map(judgeByPhone)]);
    await Promise.all(every(scanEvery).map(scan));
    for (const code of every(olderEvery)) await judgeByOlderPhone(code);
  };
  let batch: Code[] = [];
  for (const code of codes) {
    batch.push(code);
    if (batch.length < atOnce) continue;
    await judge(batch);
    batch = [];
  }
  await judge(batch);
  return counts;
}

const nothing = (): Judged => ({
  tried: 0,
  online: 0,
  offline: 0,
  triedOlder: 0,
  older: 0,
  scans: 0,
  admitted: 0,
});

const entryOf = (codeSha256: string): ListEntry => ({
  codeSha256,
  ticketCategoryId: '',
  status: 'live',
  admission: null,
  guest: null,
});

/** A door list of an event that is open all day. */
function rulesOf(id: string, signing: ListRules['signing']): ListRules {
  const [doorsOpenAt, endsAt] = [-day, day].map((ms) => new Date(Date.now() + ms).toISOString()) as [string, string];
  const event = { id, name: 'Show', timeZone: 'Asia/Jakarta', doorsOpenAt, endsAt };
  return { event, categories: [], gates: [], zones: [], signing };
}
