import { doorWords } from '../../../i18n/words/door/door.ts';
import { setText } from '../../shared/dom.ts';
import { pageLanguage } from '../../shared/page-language.ts';
import type { ScanPlace } from '../scanning/decide-scan.ts';
import { keep } from './door-session.ts';

/** The gate and the direction of this phone, which a reload and a dead battery keep. */

const words = doorWords[pageLanguage];

type Direction = ScanPlace['direction'];

/** Keeps the place that somebody has chosen. Another tab of the phone may have chosen another one since. */
export function takePlace(place: ScanPlace): void {
  const { eventId, gate = '', direction } = place;
  keep({ place: { eventId, gate, direction } });
  showPlace(place);
}

/** Shows the place in words. */
export function showPlace({ gate, direction, gateName }: ScanPlace): void {
  setText('scan-gate', `${gate === undefined ? words.anyGate : gateName(gate)} · ${words[direction]}`);
  choose('scan-direction', direction);
}

/** Checks the direction in one of the two groups of the page. */
export function choose(group: 'direction' | 'scan-direction', direction: Direction): void {
  for (const one of radiosOf(group)) one.checked = one.value === direction;
}

export function chosen(group: 'direction' | 'scan-direction'): Direction {
  return radiosOf(group).find(({ checked }) => checked)?.value === 'exit' ? 'exit' : 'entry';
}

/** Calls `onTurn` when somebody changes the direction while scanning. */
export function watchDirection(onTurn: (direction: Direction) => void): void {
  for (const one of radiosOf('scan-direction')) one.addEventListener('change', () => onTurn(chosen('scan-direction')));
}

function radiosOf(group: string): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>(`input[name="${group}"]`)];
}
