import { type Conflict, type KeptList, type KeptScan, database, rangeOf } from './door-database.ts';
import { type ListEntry, passed, zonesAfter, zonesWithout } from './judge-offline.ts';

/** Reads and writes this device's local store. */

export async function readList(eventId: string): Promise<KeptList | undefined> {
  return (await database()).get('lists', eventId);
}

export async function findEntry(eventId: string, codeSha256: string): Promise<ListEntry | undefined> {
  return (await database()).get('entries', [eventId, codeSha256]);
}

/** A page may not contain decisions of this device that are younger than this. */
const ownScansMs = 60_000;
/** Scans from before this cannot be younger than a page that arrives now, whatever its way took. */
const ownScansReadMs = 10 * 60_000;
/**
 * Entries that are written in one turn, and scans that are read. On a cheap phone this takes some milliseconds, so that a key is answered
 * meanwhile.
 */
const atOnce = 250;

/**
 * Stores a page of the list and its cursor in one transaction, so that a killed tab resumes there. Scans and undos of this device that the
 * service did not know yet are applied on top of the page.
 * @param page.after the cursor that the page continues; undefined for the first page
 * @param page.madeAtMs when the service made the page, by the server's clock
 * @returns false if the list was deleted or continued meanwhile, by another page of this phone; nothing is stored then
 */
export async function keepPage(
  list: KeptList,
  page: {
    readonly entries: readonly ListEntry[];
    readonly after: string | undefined;
    readonly madeAtMs: number;
  },
): Promise<boolean> {
  const { entries, after, madeAtMs } = page;
  const tx = (await database()).transaction(['lists', 'entries', 'scans'], 'readwrite');
  const { eventId } = list;
  const stored = await tx.objectStore('lists').get(eventId);
  // Otherwise a list with a part missing would pass for a whole one.
  if (after !== undefined && stored?.cursor !== after) return false;
  const kept = tx.objectStore('scans');
  // To read all scans of an evening with every page takes a cheap phone a third of a second.
  const found = await Promise.all([
    kept.index('state').getAll('waiting'),
    kept.index('state').getAll('undone'),
    kept.index('time').getAll(rangeOf(eventId, new Date(Date.now() - ownScansReadMs).toISOString())),
  ]);
  const scans = inOrder(found.flat().filter((scan) => scan.eventId === eventId));
  const undone = scans.filter(({ state }) => state === 'undone');
  const own = scans.filter(
    (scan) => isPassage(scan) && (scan.state === 'waiting' || serverTimeOf(scan) > madeAtMs - ownScansMs),
  );
  for (const [place, entry] of entries.entries()) {
    const isOfEntry = ({ codeSha256 }: KeptScan) => codeSha256 === entry.codeSha256;
    const takenBack = undone.find(isOfEntry);
    const present = takenBack === undefined ? entry : { ...entry, admission: takenBack.before };
    const now = own
      .filter(isOfEntry)
      .reduce((before, scan) => passed(before, { ...scan, at: new Date(serverTimeOf(scan)).toISOString() }), present);
    const writing = tx.objectStore('entries').put({ ...now, eventId });
    if (place % atOnce === atOnce - 1) await writing;
  }
  // The service's zone counts lack only what was not uploaded yet.
  let { zones } = list;
  for (const scan of own) if (scan.state === 'waiting') zones = zonesAfter({ gates: list.gates, zones }, scan);
  for (const scan of undone) zones = zonesWithout({ gates: list.gates, zones }, scan);
  void tx.objectStore('lists').put({ ...list, zones });
  await tx.done;
  return true;
}

/** Each scan once, by time. */
function inOrder(scans: readonly KeptScan[]): KeptScan[] {
  const once = [...new Map(scans.map((scan) => [scan.scanId, scan])).values()];
  return once.sort((one, other) => (one.scannedAt < other.scannedAt ? -1 : 1));
}

/** Whether somebody went through, and the scan was not undone. */
export function isPassage({ result, undo }: Pick<KeptScan, 'result'> & { readonly undo?: unknown }): boolean {
  return (result === 'admitted' || result === 'exited') && undo === undefined;
}

function serverTimeOf({ scannedAt, clockOffsetMs }: KeptScan): number {
  return Date.parse(scannedAt) + clockOffsetMs;
}

/** Stores a scan and the ticket's new state, before anybody sees the answer. */
export async function keepScan(scan: KeptScan): Promise<void> {
  const tx = (await database()).transaction(['scans', 'entries', 'lists'], 'readwrite', { durability: 'strict' });
  const { eventId, codeSha256 } = scan;
  void tx.objectStore('scans').put(scan);
  const list = isPassage(scan) ? await tx.objectStore('lists').get(eventId) : undefined;
  if (list !== undefined) void tx.objectStore('lists').put({ ...list, zones: zonesAfter(list, scan) });
  if (codeSha256 !== undefined && isPassage(scan)) {
    const known = await tx.objectStore('entries').get([eventId, codeSha256]);
    // A code that is not on the list is added, so that its second scan is refused.
    const entry = known ?? { codeSha256, ticketCategoryId: '', status: 'live', admission: null, guest: null };
    const at = new Date(serverTimeOf(scan)).toISOString();
    void tx.objectStore('entries').put({ ...passed(entry, { ...scan, at }), eventId });
  }
  await tx.done;
}

/** Marks a waiting scan as uploaded. If it was undone meanwhile, the undo is uploaded next. */
export function keepHandedIn({ scanId }: KeptScan, conflict: Conflict | undefined): Promise<void> {
  return changeScan(scanId, (scan) => ({
    ...scan,
    state: scan.undo === undefined ? 'sent' : 'undone',
    ...(conflict === undefined ? {} : { conflict }),
  }));
}

/**
 * Replaces what is known of the conflicts of this device's uploaded scans. What the service did not accept it does not list.
 * @param known.isWhole whether a scan that is not among them is in no conflict
 * @returns whether something has changed
 */
export async function keepConflicts(
  eventId: string,
  known: { readonly found: ReadonlyMap<string, Conflict>; readonly isWhole: boolean },
): Promise<boolean> {
  const tx = (await database()).transaction('scans', 'readwrite');
  let isChanged = false;
  const read = (range: IDBKeyRange) => tx.store.getAll(range, atOnce);
  await eachScan(eventId, read, (scan) => {
    const { conflict: before, ...rest } = scan;
    const isKept = !known.isWhole || scan.state === 'waiting' || before?.fault === 'refused';
    const now = known.found.get(scan.scanId) ?? (isKept ? before : undefined);
    if (JSON.stringify(now) === JSON.stringify(before)) return;
    void tx.store.put(now === undefined ? rest : { ...rest, conflict: now });
    isChanged = true;
  });
  await tx.done;
  return isChanged;
}

/** Looks at all scans of an event, by their ids. @param read reads the next ones */
async function eachScan(
  eventId: string,
  read: (range: IDBKeyRange) => Promise<KeptScan[]>,
  look: (scan: KeptScan) => void,
): Promise<void> {
  for (let after: string | undefined = ''; after !== undefined; ) {
    const scans: readonly KeptScan[] = await read(IDBKeyRange.lowerBound(after, true));
    for (const scan of scans) if (scan.eventId === eventId) look(scan);
    after = scans.length < atOnce ? undefined : scans[scans.length - 1]?.scanId;
  }
}

/** Marks an undo as uploaded, whether the service accepted or refused it. */
export function keepUndoSent({ scanId, undo }: KeptScan, isRefused: boolean): Promise<void> {
  return changeScan(scanId, (scan) => ({
    ...scan,
    state: 'sent',
    ...(undo === undefined ? {} : { undo: { ...undo, isRefused } }),
  }));
}

async function changeScan(scanId: string, change: (scan: KeptScan) => KeptScan): Promise<void> {
  const tx = (await database()).transaction('scans', 'readwrite', { durability: 'strict' });
  const scan = await tx.store.get(scanId);
  if (scan !== undefined) void tx.store.put(change(scan));
  await tx.done;
}

/**
 * Undoes a scan on this device.
 * @returns false if the scan is not the ticket's last passage
 */
export async function undoScan(given: KeptScan, reason: string): Promise<boolean> {
  const tx = (await database()).transaction(['scans', 'entries', 'lists'], 'readwrite', { durability: 'strict' });
  const { eventId, codeSha256, direction, before } = given;
  const [scan, entry, list, since] = await Promise.all([
    tx.objectStore('scans').get(given.scanId),
    codeSha256 === undefined ? undefined : tx.objectStore('entries').get([eventId, codeSha256]),
    tx.objectStore('lists').get(eventId),
    tx.objectStore('scans').index('time').getAll(rangeOf(eventId, given.scannedAt)),
  ]);
  const isLast =
    (entry === undefined || entry.admission?.inside === (direction === 'entry')) &&
    !since.some((other) => other.scanId !== given.scanId && other.codeSha256 === codeSha256 && isPassage(other));
  const isDone = scan !== undefined && scan.undo === undefined && isLast;
  if (isDone) {
    void tx
      .objectStore('scans')
      .put({ ...scan, undo: { reason }, state: scan.state === 'waiting' ? 'waiting' : 'undone' });
    if (entry !== undefined) void tx.objectStore('entries').put({ ...entry, admission: before });
    if (list !== undefined) void tx.objectStore('lists').put({ ...list, zones: zonesWithout(list, scan) });
  }
  await tx.done;
  return isDone;
}

/** Scans of all events whose decision or undo is not uploaded yet. */
export async function unsentScans(): Promise<KeptScan[]> {
  return [...(await scansIn('waiting')), ...(await scansIn('undone'))];
}

export async function scansIn(state: KeptScan['state']): Promise<KeptScan[]> {
  return (await database()).getAllFromIndex('scans', 'state', state);
}

/** The latest scans of an event, newest first. */
export async function lastScans(eventId: string, max: number): Promise<KeptScan[]> {
  const found: KeptScan[] = [];
  const range = rangeOf(eventId);
  let cursor = await (await database()).transaction('scans').store.index('time').openCursor(range, 'prev');
  for (; cursor !== null && found.length < max; cursor = await cursor.continue()) found.push(cursor.value);
  return found;
}

/** The scans of an event that the service found to conflict with others, newest first. */
export async function conflictingScans(eventId: string): Promise<KeptScan[]> {
  const db = await database();
  const found: KeptScan[] = [];
  const read = (range: IDBKeyRange) => db.getAll('scans', range, atOnce);
  await eachScan(eventId, read, (scan) => {
    if (scan.conflict !== undefined) found.push(scan);
  });
  return inOrder(found).reverse();
}

/** Deletes the lists of all other events, and their fully uploaded scans. */
export async function forgetEvents(kept?: string): Promise<void> {
  const db = await database();
  for (const key of await db.getAllKeys('lists')) {
    if (key === kept) continue;
    const tx = db.transaction(['lists', 'entries', 'scans'], 'readwrite');
    void tx.objectStore('lists').delete(key);
    void tx.objectStore('entries').delete(rangeOf(key));
    const range = rangeOf(key);
    let cursor = await tx.objectStore('scans').index('time').openCursor(range);
    for (; cursor !== null; cursor = await cursor.continue()) {
      if (['online', 'sent'].includes(cursor.value.state)) void cursor.delete();
    }
    await tx.done;
  }
}
