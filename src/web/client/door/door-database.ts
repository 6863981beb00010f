import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Admission, Judgement, ListEntry, ListRules } from './judge-offline.ts';

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
  /** `waiting`: decided here and not handed in yet. `undone`: the service knows the scan, and not yet that it was taken back. */
  readonly state: 'online' | 'waiting' | 'undone' | 'sent';
  /** Category and guest, as the answer showed them. */
  readonly label: string;
  /** Before the scan, for the undo. */
  readonly before: Admission | null;
  /** What the service said when it was handed in. */
  readonly conflict?: Conflict;
  /** `isRefused`: the service did not take it, such as under the login that a phone got when it was paired anew. */
  readonly undo?: { readonly reason: string; readonly isRefused?: boolean };
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

export function database(): Promise<IDBPDatabase<Schema>> {
  if (opened !== undefined) return opened;
  const forget = (): void => {
    opened = undefined;
  };
  const opening = openDB<Schema>(name, version, {
    upgrade(db) {
      db.createObjectStore('lists', { keyPath: 'eventId' });
      db.createObjectStore('entries', { keyPath: ['eventId', 'codeSha256'] });
      const scans = db.createObjectStore('scans', { keyPath: 'scanId' });
      scans.createIndex('state', 'state');
      scans.createIndex('time', ['eventId', 'scannedAt']);
    },
    // A newer release in another tab waits for this one.
    blocking: () => {
      forget();
      void opening.then((db) => db.close());
    },
    terminated: forget,
  });
  // A phone that was short of space, or had just woken, may open it the next time.
  opening.catch(forget);
  opened = opening;
  return opening;
}

/** All scans or entries of an event. */
export function rangeOf(eventId: string, from = ''): IDBKeyRange {
  return IDBKeyRange.bound([eventId, from], [eventId, '\uffff']);
}
