import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { phoneEnd } from '../../../platform/text/phone-end.ts';
import { type Admission, type Judgement, type ListEntry, type ListRules, passed, zonesAfter } from './judge-offline.ts';

/** What this device keeps, in IndexedDB: door lists and its scans. All of it survives a killed tab. */

/** The door list of one event. */
export type KeptList = ListRules & {
  readonly eventId: string;
  readonly showsNames: boolean;
  /** When the list was complete and current, by the server's clock; undefined while the first reading continues. */
  readonly asOf: string | undefined;
  /** Where the next reading begins. */
  readonly cursor: string | undefined;
};

/** A scan of this device. */
export type KeptScan = {
  readonly scanId: string;
  readonly eventId: string;
  readonly deviceId: string;
  readonly code: string;
  /** Instead of a code: a ticket that was found by a search. */
  readonly ticketId?: string;
  readonly codeSha256: string | undefined;
  readonly direction: 'entry' | 'exit';
  readonly gate: string | undefined;
  /** By this device's clock. */
  readonly scannedAt: string;
  /** The server's clock minus this device's, as it was known then. */
  readonly clockOffsetMs: number;
  readonly result: Exclude<Judgement, 'unknown'>;
  /** `waiting`: decided here and not handed in yet. */
  readonly state: 'online' | 'waiting' | 'sent';
  /** Category and guest, as the answer showed them. */
  readonly label: string;
  /** Before the scan, for the undo. */
  readonly before: Admission | null;
  /** What the service said when it was handed in. */
  readonly conflict?: Conflict;
  readonly undo?: { readonly reason: string; readonly isSent: boolean };
};

/** The door let somebody in and should not have, or twice. */
export type Conflict = {
  readonly fault: string | undefined;
  readonly other: { readonly at: string; readonly gate: string | null } | undefined;
};

interface Schema extends DBSchema {
  lists: { key: string; value: KeptList };
  entries: { key: [string, string]; value: ListEntry & { readonly eventId: string } };
  scans: {
    key: string;
    value: KeptScan;
    indexes: { state: KeptScan['state']; time: [string, string] };
  };
}

const name = 'antre.door';
const version = 1;
let opened: Promise<IDBPDatabase<Schema>> | undefined;

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>(name, version, {
    upgrade(db) {
      db.createObjectStore('lists', { keyPath: 'eventId' });
      db.createObjectStore('entries', { keyPath: ['eventId', 'codeSha256'] });
      const scans = db.createObjectStore('scans', { keyPath: 'scanId' });
      scans.createIndex('state', 'state');
      scans.createIndex('time', ['eventId', 'scannedAt']);
    },
    // A newer release in another tab waits for this one.
    blocking: () => void opened?.then((db) => db.close()),
    terminated: () => {
      opened = undefined;
    },
  });
  return opened;
}

export async function readList(eventId: string): Promise<KeptList | undefined> {
  return (await database()).get('lists', eventId);
}

export async function findEntry(eventId: string, codeSha256: string): Promise<ListEntry | undefined> {
  return (await database()).get('entries', [eventId, codeSha256]);
}

/** The service may not know yet what this device decided so shortly before it made a page. */
const ownScansMs = 60_000;

/**
 * Keeps a page of the list and its new cursor together: a killed tab reads on from there. What this device has decided, and the service
 * did not know when it made the page, stays on top of it.
 * @param madeAtMs when the service made the page, by its clock
 */
export async function keepPage(list: KeptList, entries: readonly ListEntry[], madeAtMs: number): Promise<void> {
  const tx = (await database()).transaction(['lists', 'entries', 'scans'], 'readwrite');
  const { eventId } = list;
  const own = (await tx.objectStore('scans').index('time').getAll(rangeOf(eventId))).filter(
    (scan) => isPassage(scan) && (scan.state === 'waiting' || serverTimeOf(scan) > madeAtMs - ownScansMs),
  );
  for (const entry of entries) {
    const after = own
      .filter(({ codeSha256 }) => codeSha256 === entry.codeSha256)
      .reduce((before, scan) => passed(before, { ...scan, at: new Date(serverTimeOf(scan)).toISOString() }), entry);
    void tx.objectStore('entries').put({ ...after, eventId });
  }
  // The service counts what it was sent.
  const zones = own
    .filter(({ state }) => state === 'waiting')
    .reduce((counted, scan) => zonesAfter({ gates: list.gates, zones: counted }, scan), list.zones);
  void tx.objectStore('lists').put({ ...list, zones });
  await tx.done;
}

/** Whether somebody went through, and nobody took it back. */
export function isPassage({ result, undo }: Pick<KeptScan, 'result'> & { readonly undo?: unknown }): boolean {
  return (result === 'admitted' || result === 'exited') && undo === undefined;
}

function serverTimeOf({ scannedAt, clockOffsetMs }: KeptScan): number {
  return Date.parse(scannedAt) + clockOffsetMs;
}

function rangeOf(eventId: string): IDBKeyRange {
  return IDBKeyRange.bound([eventId, ''], [eventId, '\uffff']);
}

/** Keeps a scan, and its ticket as it is after it, before anybody sees the answer. */
export async function keepScan(scan: KeptScan): Promise<void> {
  const tx = (await database()).transaction(['scans', 'entries', 'lists'], 'readwrite', { durability: 'strict' });
  const { eventId, codeSha256 } = scan;
  void tx.objectStore('scans').put(scan);
  const list = isPassage(scan) ? await tx.objectStore('lists').get(eventId) : undefined;
  if (list !== undefined) void tx.objectStore('lists').put({ ...list, zones: zonesAfter(list, scan) });
  if (codeSha256 !== undefined && isPassage(scan)) {
    const known = await tx.objectStore('entries').get([eventId, codeSha256]);
    // A code that the list does not have is remembered, so that its second scan is refused.
    const entry = known ?? { codeSha256, ticketCategoryId: '', status: 'live', admission: null, guest: null };
    const at = new Date(serverTimeOf(scan)).toISOString();
    void tx.objectStore('entries').put({ ...passed(entry, { ...scan, at }), eventId });
  }
  await tx.done;
}

/** Changes what is known of a scan, if it is still there. */
export async function changeScan(
  { scanId }: KeptScan,
  more: Partial<Pick<KeptScan, 'state' | 'conflict' | 'undo'>>,
): Promise<void> {
  const tx = (await database()).transaction('scans', 'readwrite', { durability: 'strict' });
  const scan = await tx.store.get(scanId);
  if (scan !== undefined) void tx.store.put({ ...scan, ...more });
  await tx.done;
}

/**
 * Takes a scan back on this device.
 * @returns false if somebody went through with the ticket since, so that this scan is not its last
 */
export async function undoScan(scan: KeptScan, reason: string): Promise<boolean> {
  const tx = (await database()).transaction(['scans', 'entries'], 'readwrite', { durability: 'strict' });
  const { eventId, codeSha256, scanId, direction, before } = scan;
  const [kept, entry] = await Promise.all([
    tx.objectStore('scans').get(scanId),
    codeSha256 === undefined ? undefined : tx.objectStore('entries').get([eventId, codeSha256]),
  ]);
  const isLast = entry === undefined || entry.admission?.inside === (direction === 'entry');
  const isDone = kept !== undefined && isLast;
  if (isDone) {
    void tx.objectStore('scans').put({ ...kept, undo: { reason, isSent: false } });
    if (entry !== undefined) void tx.objectStore('entries').put({ ...entry, admission: before });
  }
  await tx.done;
  return isDone;
}

/** Scans that were decided here and not handed in yet, of all events. */
export async function waitingScans(): Promise<KeptScan[]> {
  return (await database()).getAllFromIndex('scans', 'state', 'waiting');
}

/** The newest scans of an event, newest first. */
export async function lastScans(eventId: string, max: number): Promise<KeptScan[]> {
  const found: KeptScan[] = [];
  const range = rangeOf(eventId);
  let cursor = await (await database()).transaction('scans').store.index('time').openCursor(range, 'prev');
  for (; cursor !== null && found.length < max; cursor = await cursor.continue()) found.push(cursor.value);
  return found;
}

/** Entries of guests whose name or order code contains the text, or whose phone ends with its last four digits. */
export async function searchGuests(eventId: string, text: string, max: number): Promise<ListEntry[]> {
  const wanted = fold(text);
  const phone = phoneEnd(text);
  const found: ListEntry[] = [];
  const range = rangeOf(eventId);
  let cursor = await (await database()).transaction('entries').store.openCursor(range);
  for (; cursor !== null && found.length < max; cursor = await cursor.continue()) {
    const { guest, status } = cursor.value;
    if (guest === null || status === 'replaced') continue;
    const isPhone = phone !== undefined && guest.phoneEnd === phone;
    if (isPhone || fold(guest.name).includes(wanted) || fold(guest.orderCode).includes(wanted)) {
      found.push(cursor.value);
    }
  }
  return found;
}

/** Without case, accents and hyphens. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Pd}\s]/gu, '')
    .toLowerCase();
}

/** Deletes lists and handed-in scans of events other than this one. Scans that wait stay. */
export async function forgetOtherEvents(eventId: string | undefined): Promise<void> {
  const db = await database();
  for (const key of await db.getAllKeys('lists')) {
    if (key === eventId) continue;
    const tx = db.transaction(['lists', 'entries', 'scans'], 'readwrite');
    void tx.objectStore('lists').delete(key);
    void tx.objectStore('entries').delete(rangeOf(key));
    const range = rangeOf(key);
    let cursor = await tx.objectStore('scans').index('time').openCursor(range);
    for (; cursor !== null; cursor = await cursor.continue()) {
      if (cursor.value.state !== 'waiting') void cursor.delete();
    }
    await tx.done;
  }
}
