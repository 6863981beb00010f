import type { ReadCode, SignedPart } from '../../../orders/tickets/codes/ticket-code.ts';
import type { ScanResult } from '../../i18n/words/door.ts';

/** Decides about a ticket without a network, by the door list of this device. Uses nothing of the browser. */

export type Admission = { readonly at: string; readonly gate: string | null; readonly inside: boolean };

/** A code of the door list. */
export type ListEntry = {
  readonly codeSha256: string;
  /** Empty for a signed code that the list does not have. */
  readonly ticketCategoryId: string;
  readonly status: 'live' | 'revoked' | 'replaced';
  readonly admission: Admission | null;
  readonly guest: {
    readonly ticketId: string;
    readonly name: string;
    readonly orderCode: string;
    readonly partySize: number;
  } | null;
};

/** What the door list says beside its codes. */
export type ListRules = {
  readonly event: {
    readonly id: string;
    readonly name: string;
    readonly timeZone: string;
    readonly doorsOpenAt: string;
    readonly endsAt: string;
  };
  readonly categories: readonly {
    readonly id: string;
    readonly name: string;
    readonly entryOpensAt: string | null;
    readonly entryClosesAt: string | null;
    readonly doorNote: string | null;
  }[];
  readonly gates: readonly {
    readonly id: string;
    readonly name: string;
    readonly ticketCategoryIds: readonly string[] | null;
  }[];
  readonly signing: {
    readonly eventNo: number;
    readonly keys: readonly { readonly keyId: number; readonly publicKey: string }[];
  };
};

/** `unknown`: a code that the list does not have and that carries no signature. A person decides. */
export type Judgement = ScanResult | 'unknown';

/**
 * @param scan.entry the code's entry of the list, with what this device has decided since; undefined if the list does not have it
 * @param scan.nowMs by the server's clock
 * @param verifies whether the signature is right, by a key of the list
 */
export function judgeOffline(
  rules: ListRules,
  scan: {
    readonly read: ReadCode | undefined;
    readonly entry: ListEntry | undefined;
    readonly gate: string | undefined;
    readonly direction: 'entry' | 'exit';
    readonly nowMs: number;
  },
  verifies: (signed: SignedPart, publicKey: string) => boolean,
): Judgement {
  const { read, entry } = scan;
  if (read === undefined) return 'invalid';
  if (read.signed !== undefined) {
    const { keyId, eventNo } = read.signed;
    if (eventNo !== rules.signing.eventNo) return 'wrong_event';
    const key = rules.signing.keys.find((known) => known.keyId === keyId);
    if (key === undefined || !verifies(read.signed, key.publicKey)) return 'invalid';
  } else if (entry === undefined) return 'unknown';
  return judgeTicket(rules, { ...scan, entry });
}

/** Decides about a ticket whose code is good: one of the list, or signed. */
export function judgeTicket(
  rules: ListRules,
  scan: {
    readonly entry: ListEntry | undefined;
    readonly gate: string | undefined;
    readonly direction: 'entry' | 'exit';
    readonly nowMs: number;
  },
): ScanResult {
  const { entry } = scan;
  if (scan.direction === 'exit') {
    if (entry === undefined || entry.admission === null) return 'invalid';
    return entry.admission.inside ? 'exited' : 'already_used';
  }
  if (entry !== undefined && entry.status !== 'live') return 'revoked';
  const category = rules.categories.find(({ id }) => id === entry?.ticketCategoryId);
  const gate = rules.gates.find(({ id, name }) => scan.gate === id || scan.gate === name);
  // The category of a signed code that the list does not have is not known: a gate's rule must not refuse a guest by a guess.
  const allowed = gate?.ticketCategoryIds ?? undefined;
  if (allowed !== undefined && category !== undefined && !allowed.includes(category.id)) return 'wrong_gate';
  if (scan.nowMs < Date.parse(category?.entryOpensAt ?? rules.event.doorsOpenAt)) return 'too_early';
  if (scan.nowMs >= Date.parse(category?.entryClosesAt ?? rules.event.endsAt)) return 'too_late';
  return entry?.admission?.inside === true ? 'already_used' : 'admitted';
}

/** The entry after somebody went through. */
export function passed(
  entry: ListEntry,
  scan: { readonly direction: 'entry' | 'exit'; readonly at: string; readonly gate: string | undefined },
): ListEntry {
  const inside = scan.direction === 'entry';
  const first = entry.admission ?? { at: scan.at, gate: scan.gate ?? null };
  return { ...entry, admission: { ...first, inside } };
}
