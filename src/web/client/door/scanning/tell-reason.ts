import { formatClock, formatDate, formatDateTime } from '../../../../platform/text/format-time.ts';
import { doorWords } from '../../../i18n/words/door/door.ts';
import { pageLanguage } from '../../shared/page-language.ts';
import { serverNow } from '../../shared/calls/server-clock.ts';
import type { Scan } from './decide-scan.ts';
import type { ScanAnswer } from './door-answer.ts';

/** Tells why a guest is refused, with what the list of this device knows: the right gate, or the time from which people enter. */

const words = doorWords[pageLanguage];

type What = { readonly result: ScanAnswer['result']; readonly direction: 'entry' | 'exit'; readonly isKnown: boolean };

/**
 * The words of a result. At an exit, a known ticket is not one of ours that is unknown: it has not entered.
 * @param what.isKnown the ticket is one of this event
 */
export function resultTitle({ result, direction, isKnown }: What): string {
  const isOfExit = direction === 'exit' && (result === 'already_used' || (result === 'invalid' && isKnown));
  return isOfExit ? words.exitResults[result] : words.results[result];
}

/** The sentence below the result. */
export function reasonFor(answer: ScanAnswer, scan: Scan): string {
  const { result, ticket } = answer;
  const { direction } = scan.place;
  if (direction === 'exit' && (result === 'already_used' || (result === 'invalid' && ticket !== undefined))) {
    return words.exitHints[result];
  }
  return detailOf(answer, scan) ?? words.hints[result] ?? '';
}

function detailOf({ result, ticket, firstAdmission }: ScanAnswer, { list, entry, place }: Scan): string | undefined {
  const zone = place.timeZone ?? list?.event.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (result === 'already_used') {
    if (firstAdmission === undefined) return undefined;
    const gate = typeof firstAdmission.gate === 'string' ? place.gateName(firstAdmission.gate) : undefined;
    return words.firstAt(formatClock(firstAdmission.at, zone, pageLanguage), gate);
  }
  if (list === undefined) return undefined;
  const category = list.categories.find(
    ({ id, name }) => id === entry?.ticketCategoryId || name === ticket?.ticketCategory,
  );
  const here = list.gates.find(({ id, name }) => place.gate === id || place.gate === name);
  switch (result) {
    case 'wrong_gate': {
      const right = list.gates.filter((gate) => category !== undefined && letsIn(gate, category.id) && gate !== here);
      return right.length === 0 ? undefined : words.entersAt(right.map(({ name }) => name).join(', '));
    }
    case 'gate_closed': {
      const { opensAt = null, closesAt = null } = here ?? {};
      if (opensAt !== null && serverNow() < Date.parse(opensAt)) return words.gateOpens(timeText(opensAt, zone));
      return closesAt === null ? undefined : words.gateClosed(timeText(closesAt, zone));
    }
    case 'too_early':
      return words.entryFrom(timeText(category?.entryOpensAt ?? list.event.doorsOpenAt, zone));
    case 'too_late':
      return words.entryUntil(timeText(category?.entryClosesAt ?? list.event.endsAt, zone));
    default:
      return undefined;
  }
}

const letsIn = (gate: { readonly ticketCategoryIds: readonly string[] | null }, categoryId: string) =>
  gate.ticketCategoryIds === null || gate.ticketCategoryIds.includes(categoryId);

/** With its date, unless it is today at the venue: a ticket for the second day is too early on the first. */
function timeText(at: string, zone: string): string {
  const dayOf = (time: string | number) => formatDate(new Date(time).toISOString(), zone, 'en', 'medium');
  return dayOf(at) === dayOf(serverNow())
    ? formatClock(at, zone, pageLanguage)
    : formatDateTime(at, zone, pageLanguage, 'medium');
}
