import type { ReadCode } from '../../../../orders/tickets/codes/ticket-code.ts';
import type { ScanResult } from '../../../i18n/words/door/door.ts';
import type { VerifySignature } from './verify-by-library.ts';
import { verifySignature } from './verify-signature.ts';

/** Decides about a ticket by the door list, without a network. Of the browser it uses only WebCrypto. */

export type Admission = { readonly at: string; readonly gate: string | null; readonly inside: boolean };

/** `inside`: the service's count plus this device's own entries and exits since. */
export type Zone = {
  readonly id: string;
  readonly name: string;
  readonly capacity: number | null;
  readonly inside: number;
};

/** A code of the door list. */
export type ListEntry = {
  readonly codeSha256: string;
  /** Empty for a signed code that is not on the list. */
  readonly ticketCategoryId: string;
  readonly status: 'live' | 'revoked' | 'replaced';
  readonly admission: Admission | null;
  readonly guest: {
    readonly ticketId: string;
    /** Empty if the organiser allows no names. */
    readonly name: string;
    /** The last digits of the buyer's phone. Missing in lists stored by an earlier release. */
    readonly phoneEnd?: string | null;
    readonly orderCode: string;
    readonly partySize: number;
  } | null;
};

/** The rules in the door list: event, categories, gates, zones and keys. */
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
    readonly opensAt: string | null;
    readonly closesAt: string | null;
    readonly reEntry: 'none' | 'after_exit' | 'always';
    readonly zoneId: string | null;
  }[];
  readonly zones: readonly Zone[];
  readonly signing: {
    readonly eventNo: number;
    readonly keys: readonly { readonly keyId: number; readonly publicKey: string }[];
  };
};

/** `unknown`: an unsigned code that is not on the list. The door staff decide. */
export type Judgement = ScanResult | 'unknown';

/**
 * @param scan.entry the code's entry in the list, updated by this device's own decisions; undefined if there is none
 * @param scan.nowMs by the server's clock
 */
export async function judgeOffline(
  rules: ListRules,
  scan: {
    readonly read: ReadCode | undefined;
    readonly entry: ListEntry | undefined;
    readonly gate: string | undefined;
    readonly direction: 'entry' | 'exit';
    readonly nowMs: number;
  },
  verify: VerifySignature = verifySignature,
): Promise<Judgement> {
  const { read, entry } = scan;
  if (read === undefined) return 'invalid';
  if (read.signed !== undefined) {
    const { keyId, eventNo } = read.signed;
    if (eventNo !== rules.signing.eventNo) return 'wrong_event';
    const key = rules.signing.keys.find((known) => known.keyId === keyId);
    if (key === undefined || !(await verify(read.signed, key.publicKey))) return 'invalid';
  } else if (entry === undefined) return 'unknown';
  return judgeTicket(rules, { ...scan, entry });
}

/** Decides about a ticket with a genuine code: one on the list, or a signed one. */
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
  const gate = gateOf(rules, scan.gate);
  // The category of a signed code that is not on the list is unknown, so the gate's rule does not apply to it.
  const allowed = gate?.ticketCategoryIds ?? undefined;
  if (allowed !== undefined && category !== undefined && !allowed.includes(category.id)) return 'wrong_gate';
  if (gate !== undefined && !isOpen(gate, scan.nowMs)) return 'gate_closed';
  if (scan.nowMs < Date.parse(category?.entryOpensAt ?? rules.event.doorsOpenAt)) return 'too_early';
  if (scan.nowMs >= Date.parse(category?.entryClosesAt ?? rules.event.endsAt)) return 'too_late';
  const isInside = entry?.admission?.inside === true;
  if (isInside && gate?.reEntry !== 'always') return 'already_used';
  if (isUsed(entry) && gate?.reEntry === 'none') return 'no_reentry';
  // A guest who is inside moves between zones, from one that this device does not know. Only new guests count against the capacity.
  const zone = rules.zones.find(({ id }) => id === gate?.zoneId);
  const isFull = zone !== undefined && zone.capacity !== null && zone.inside >= zone.capacity;
  return isFull && !isInside ? 'zone_full' : 'admitted';
}

const isUsed = (entry: ListEntry | undefined): boolean => entry !== undefined && entry.admission !== null;

function gateOf(rules: Pick<ListRules, 'gates'>, named: string | undefined): ListRules['gates'][number] | undefined {
  return rules.gates.find(({ id, name }) => named === id || named === name);
}

function isOpen({ opensAt, closesAt }: ListRules['gates'][number], nowMs: number): boolean {
  if (opensAt !== null && nowMs < Date.parse(opensAt)) return false;
  return closesAt === null || nowMs < Date.parse(closesAt);
}

/** A passage, as counted by zones. `before` is the ticket's admission before it: a guest who was inside is already counted. */
type ZonePassage = {
  readonly direction: 'entry' | 'exit';
  readonly gate: string | undefined;
  readonly before: Admission | null;
};
type Zones = Pick<ListRules, 'gates' | 'zones'>;

/** The zones after a passage. */
export const zonesAfter = (rules: Zones, passage: ZonePassage): readonly Zone[] => zonesWith(rules, passage, 1);

/** The zones after a passage was undone. */
export const zonesWithout = (rules: Zones, passage: ZonePassage): readonly Zone[] => zonesWith(rules, passage, -1);

function zonesWith(rules: Zones, { direction, gate, before }: ZonePassage, times: 1 | -1): readonly Zone[] {
  const isEntry = direction === 'entry';
  const zoneId = gateOf(rules, gate)?.zoneId ?? undefined;
  if (zoneId === undefined || isEntry === (before?.inside === true)) return rules.zones;
  const people = isEntry ? times : -times;
  return rules.zones.map((zone) =>
    zone.id === zoneId ? { ...zone, inside: Math.max(0, zone.inside + people) } : zone,
  );
}

/** The entry after a passage. */
export function passed(
  entry: ListEntry,
  scan: { readonly direction: 'entry' | 'exit'; readonly at: string; readonly gate: string | undefined },
): ListEntry {
  const inside = scan.direction === 'entry';
  const first = entry.admission ?? { at: scan.at, gate: scan.gate ?? null };
  return { ...entry, admission: { ...first, inside } };
}
