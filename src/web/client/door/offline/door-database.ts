import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Admission, Judgement, ListEntry, ListRules } from './judge-offline.ts';

/** The local store in IndexedDB: door lists and this device's scans. It survives a killed tab. */

/** The door list of one event. */
export type KeptList = ListRules & {
  readonly eventId: string;
  readonly showsNames: boolean;
  /** When the list was last complete and current, by the server's clock; undefined during the first download. */
  readonly asOf: string | undefined;
  /** Where the next download continues. */
  readonly cursor: string | undefined;
};

/** A scan of this device. */
export type KeptScan = {
  readonly scanId: string;
  readonly eventId: string;
  readonly deviceId: string;
  readonly code: string;
  /** Instead of a code: a ticket that was found by search. */
  readonly ticketId?: string;
  readonly codeSha256: string | undefined;
  readonly direction: 'entry' | 'exit';
  readonly gate: string | undefined;
  /** By this device's clock. */
  readonly scannedAt: string;
  /** The server's clock minus this device's, as known at the scan. */
  readonly clockOffsetMs: number;
  readonly result: Exclude<Judgement, 'unknown'>;
  /** `waiting`: decided here and not uploaded. `undone`: the scan is uploaded, its undo is not. */
  readonly state: 'online' | 'waiting' | 'undone' | 'sent';
  /** Category and guest, as shown in the answer. */
  readonly label: string;
  /** The admission before the scan, for an undo. */
  readonly before: Admission | null;
  /** As the service told it last, in its response to the upload or in its list of conflicts. */
  readonly conflict?: Conflict;
  /** `isRefused`: the service refused the undo, for example because the phone has been paired anew since. */
  readonly undo?: { readonly reason: string; readonly isRefused?: boolean };
};

/** The door let somebody in against the rules, or twice. */
export type Conflict = {
  readonly fault: string | undefined;
  readonly other: { readonly at: string; readonly gate: string | null; readonly by?: string | undefined } | undefined;
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
    // Lets a newer release in another tab upgrade the database.
    blocking: () => {
      forget();
      void opening.then((db) => db.close());
    },
    terminated: forget,
  });
  // The next call tries again: opening can fail while a phone wakes up or is short of space.
  opening.catch(forget);
  opened = opening;
  return opening;
}

/** All scans or entries of an event. */
export function rangeOf(eventId: string, from = ''): IDBKeyRange {
  return IDBKeyRange.bound([eventId, from], [eventId, '\uffff']);
}
