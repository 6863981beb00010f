import {
  type Scan,
  type ScanPlace,
  askService,
  beginScan,
  decideHere,
  rememberUnanswered,
  keepDecided,
  withGuest,
} from './decide-scan.ts';
import { type ScanAnswer, showAnswer, showChecking, showNoAnswer, showRefused } from './door-answer.ts';
import { signal } from './door-signal.ts';
import { isPassage } from '../offline/door-store.ts';
import type { ListEntry } from '../offline/judge-offline.ts';
import { reasonFor, resultTitle } from './tell-reason.ts';

export type Scanner = {
  /** @param placed the same keys in the US keyboard layout, if that gives another code */
  scan(code: string, placed?: string): void;
  /** Scans a ticket that was found by search. */
  admit(entry: ListEntry): void;
};

/** With a list, scans skip the network for this long after it failed. */
const awayMs = 10_000;
const waitingMax = 5;
const codeLengthMax = 1000;

type Wanted = {
  readonly code: string;
  readonly placed?: string | undefined;
  readonly found: ListEntry | undefined;
  /** Where and in which direction it was scanned, which staff may change while it waits. */
  readonly place: ScanPlace;
};

type Decided = 'signed out' | 'refused' | 'no answer' | 'shown';

/**
 * Decides scans one after another: online if the service responds, else by this device's list. A scan keeps its id on every retry and when
 * it is uploaded later. If a response was lost, the upload replaces the service's decision by this device's.
 */
export function createScanner(
  placeOf: () => ScanPlace,
  on: { passed(): void; signedOut(code: string): void; kept(): void },
): Scanner {
  const waiting: Wanted[] = [];
  let isBusy = false;
  let awayUntil = 0;
  const unanswered = rememberUnanswered();

  const next = async (): Promise<void> => {
    const wanted = waiting.shift();
    if (wanted === undefined || isBusy) return;
    isBusy = true;
    showChecking();
    // If the local store fails, nothing was decided.
    const answer = await decide(wanted).catch(() => 'no answer' as const);
    isBusy = false;
    if (answer === 'signed out') return on.signedOut(wanted.code);
    if (answer === 'no answer' || answer === 'refused') {
      signal(false);
      if (answer === 'refused') showRefused();
      else showNoAnswer();
    }
    void next();
  };

  const decide = async ({ code, placed, found, place }: Wanted): Promise<Decided> => {
    const scan = unanswered.resume(await beginScan(code, found, place));
    if (placed !== undefined && scan.entry === undefined) {
      const other = await beginScan(placed, undefined, place);
      if (other.entry !== undefined) return decide({ code: placed, found: undefined, place });
    }
    const isAway = scan.list !== undefined && (performance.now() < awayUntil || !navigator.onLine);
    const asked = isAway ? 'no answer' : await askService(scan);
    if (!isAway) awayUntil = asked === 'no answer' ? performance.now() + awayMs : 0;
    if (asked === 'signed out') return asked;
    if (asked === 'refused') {
      unanswered.forget();
      return asked;
    }
    if (asked !== 'no answer' && asked.result === 'invalid' && placed !== undefined)
      return decide({ code: placed, found: undefined, place });
    if (asked !== 'no answer') return show(scan, asked, 'online');
    if (scan.list === undefined) return asked;
    return show(scan, await decideHere(scan, scan.list), 'waiting');
  };

  /** Stores the scan before showing the answer. */
  const show = async (scan: Scan, answer: ScanAnswer, state: 'online' | 'waiting'): Promise<'shown'> => {
    const shown = withGuest(answer, scan, state);
    await keepDecided(scan, shown, state);
    unanswered.forget();
    const isGood = isPassage(shown);
    signal(isGood);
    const what = { result: shown.result, direction: scan.place.direction, isKnown: shown.ticket !== undefined };
    showAnswer(shown, { title: resultTitle(what), reason: reasonFor(shown, scan) });
    if (isGood) on.passed();
    on.kept();
    return 'shown';
  };

  const add = (wanted: Omit<Wanted, 'place'>): void => {
    if (waiting.length >= waitingMax) return;
    waiting.push({ ...wanted, place: placeOf() });
    if (!isBusy) void next();
  };
  return {
    scan: (given, placed) => {
      const code = given.trim().slice(0, codeLengthMax);
      if (code !== '') add({ code, placed: placed?.slice(0, codeLengthMax), found: undefined });
    },
    admit: (found) => add({ code: '', found }),
  };
}
