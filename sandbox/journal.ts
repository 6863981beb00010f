import { closeSync, ftruncateSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { MidtransAccount, WhatsappSender } from './demo-accounts.ts';
import type { GatewayName, GatewayParty } from './message-gateways/gateway-party.ts';
import type { Callback } from './midtrans/notifications/callback.ts';
import type { Scenario } from './midtrans/scenarios.ts';
import type { Transaction } from './midtrans/state.ts';

/**
 * The append-only record of everything that the sandbox did or received: one JSON object per line, written before the act
 * is answered. A killed sandbox has therefore answered nothing that is not in it. Audits compare it with the product's
 * ledger, and the sandbox restores its state from it.
 */

/** Fields that are read back after a restart. Other fields are for audits and people. */
type Remembered = Readonly<{
  transaction?: Transaction;
  patch?: Partial<Transaction>;
  callback?: Callback;
  scenario?: Scenario;
  account?: MidtransAccount;
  sender?: WhatsappSender;
  gateway?: GatewayName;
  gatewayAccount?: string;
  gatewayParty?: GatewayParty;
  what?: readonly string[];
}>;

export type JournalEntry = Remembered & Readonly<{ kind: string } & Record<string, unknown>>;
export type JournalRecord = JournalEntry & Readonly<{ seq: number; at: string }>;

export type Journal = Readonly<{
  /** Reads the lines of earlier runs, oldest first. */
  replay: (each: (record: JournalRecord) => void) => void;
  append: (entry: JournalEntry) => JournalRecord;
  /** Captured money. */
  captures: () => readonly JournalRecord[];
  /** Returned money: kinds refund, void, reversal, chargeback. */
  refunds: () => readonly JournalRecord[];
  /** Mail and WhatsApp messages accepted. */
  messages: () => readonly JournalRecord[];
  /** The newest lines of every kind. */
  lines: () => readonly JournalRecord[];
  /** Records left out of the lists above because these are full. The file has them. */
  dropped: () => number;
  /** Starts an empty record, file included. */
  clear: () => void;
  close: () => void;
}>;

const lists = {
  capture: 'captures',
  refund: 'refunds',
  void: 'refunds',
  reversal: 'refunds',
  chargeback: 'refunds',
  'mail.accepted': 'messages',
  'whatsapp.accepted': 'messages',
  'gateway.accepted': 'messages',
} as const;

const listedMax = 1_000_000;
const linesKept = 2_000;
const chunkBytes = 1_048_576;

/** Opens the log, or keeps it in memory when no path is given. `replay` comes before the first `append`. */
export function openJournal(options: Readonly<{ path?: string | undefined; now: () => number }>): Journal {
  const listed = { captures: [] as JournalRecord[], refunds: [] as JournalRecord[], messages: [] as JournalRecord[] };
  let newest: JournalRecord[] = [];
  let seq = 0;
  let dropped = 0;

  const remember = (record: JournalRecord): void => {
    seq = record.seq;
    newest.push(record);
    if (newest.length > linesKept * 2) newest = newest.slice(-linesKept);
    if (!isListed(record.kind)) return;
    const list = listed[lists[record.kind]];
    if (list.length < listedMax) list.push(record);
    else dropped += 1;
  };

  const file = options.path === undefined ? undefined : openLog(options.path);

  return {
    replay: (each) => {
      if (file === undefined) return;
      readLines(file, (line) => {
        const record: JournalRecord = JSON.parse(line);
        remember(record);
        each(record);
      });
    },
    append: (entry) => {
      const record: JournalRecord = { seq: seq + 1, at: new Date(options.now()).toISOString(), ...entry };
      if (file !== undefined) writeSync(file, `${JSON.stringify(record)}\n`);
      remember(record);
      return record;
    },
    captures: () => listed.captures,
    refunds: () => listed.refunds,
    messages: () => listed.messages,
    lines: () => newest,
    dropped: () => dropped,
    clear: () => {
      for (const list of Object.values(listed)) list.length = 0;
      newest = [];
      dropped = 0;
      if (file !== undefined) ftruncateSync(file, 0);
    },
    close: () => {
      if (file !== undefined) closeSync(file);
    },
  };
}

function isListed(kind: string): kind is keyof typeof lists {
  return Object.hasOwn(lists, kind);
}

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  return openSync(path, 'a+');
}

/** Reads whole lines. An incomplete last line is removed, since its act was never answered. */
function readLines(file: number, each: (line: string) => void): void {
  const { size } = fstatSync(file);
  const chunk = Buffer.alloc(chunkBytes);
  let rest: Buffer = Buffer.alloc(0);
  let position = 0;
  while (position < size) {
    const read = readSync(file, chunk, 0, chunkBytes, position);
    if (read === 0) break;
    position += read;
    const text = Buffer.concat([rest, chunk.subarray(0, read)]);
    let start = 0;
    for (let end = text.indexOf(10); end !== -1; end = text.indexOf(10, start)) {
      each(text.toString('utf8', start, end));
      start = end + 1;
    }
    rest = Buffer.from(text.subarray(start));
  }
  if (rest.length > 0) ftruncateSync(file, size - rest.length);
}
