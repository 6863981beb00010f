import { formatClock } from '../../../../platform/text/format-time.ts';
import { doorOfflineWords } from '../../../i18n/words/door/door-offline.ts';
import { doorWords } from '../../../i18n/words/door/door.ts';
import { byId, element, setText, show } from '../../shared/dom.ts';
import { pageLanguage } from '../../shared/page-language.ts';
import { minutesSince } from './minutes-since.ts';
import type { ScanPlace } from '../scanning/decide-scan.ts';
import { resultTitle } from '../scanning/tell-reason.ts';
import type { Conflict, KeptScan } from '../offline/door-database.ts';
import { conflictingScans, isPassage, lastScans, readList } from '../offline/door-store.ts';
import type { SyncState } from '../offline/door-sync.ts';
import { findGuests } from './find-guests.ts';
import { undoForm } from './undo-form.ts';
import type { ListEntry } from '../offline/judge-offline.ts';

/** The panels over the scanner: recent scans of this device with their conflicts, and guest search. */

const words = doorWords[pageLanguage];
const more = doorOfflineWords[pageLanguage];
const shownMax = 50;
const foundMax = 20;
const letterMin = 2;
const stateEveryMs = 5000;
let opener: HTMLElement | undefined;
let searches = 0;

type Panels = {
  place(): ScanPlace | undefined;
  undo(scan: KeptScan, reason: string): Promise<boolean>;
  admit(entry: ListEntry): void;
};

export function watchPanels(on: Panels): void {
  const openers = [
    ['history-open', 'history'],
    // What the scans of this phone conflict with stands in its history.
    ['conflicts', 'history'],
    ['search-open', 'search'],
  ] as const;
  for (const [button, name] of openers) {
    byId(button).addEventListener('click', (event) => {
      opener = event.currentTarget instanceof HTMLElement ? event.currentTarget : undefined;
      openPanel(name);
      if (name === 'history') void showHistory(on);
      byId(name === 'search' ? 'search-text' : 'history-title').focus();
    });
  }
  for (const button of document.querySelectorAll('[data-act="close-panel"]')) {
    button.addEventListener('click', leavePanels);
  }
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape' && isPanelOpen()) leavePanels();
  });
  byId('search-form').addEventListener('submit', (event) => {
    event.preventDefault();
    void search(on);
  });
}

export function closePanels(): void {
  openPanel(undefined);
}

/** Removes the names and scans that the panels show. They are only for those who are signed in. */
export function emptyPanels(): void {
  for (const list of ['history-list', 'search-list']) byId(list).replaceChildren();
  setText('search-count', '');
}

/** Shows one panel or none. What the panel covers is not reachable by keyboard. */
function openPanel(name: 'history' | 'search' | undefined): void {
  for (const one of ['history', 'search']) show(one, one === name);
  for (const covered of document.querySelectorAll('#scanner > .door-bar, #decide, .door-foot')) {
    covered.toggleAttribute('inert', name !== undefined);
  }
}

function leavePanels(): void {
  closePanels();
  opener?.focus();
}

function isPanelOpen(): boolean {
  return !byId('history').hidden || !byId('search').hidden;
}

async function showHistory(on: Panels): Promise<void> {
  const place = on.place();
  if (place === undefined) return;
  const conflicting = await conflictingScans(place.eventId);
  const others = (await lastScans(place.eventId, shownMax)).filter(({ conflict }) => conflict === undefined);
  // What a person should look into stands first, however long ago it was.
  const scans = [...conflicting.slice(0, shownMax), ...others];
  show('history-none', scans.length === 0);
  byId('history-list').replaceChildren(...scans.map((scan) => historyItem(scan, place, on)));
}

function historyItem(scan: KeptScan, place: ScanPlace, on: Panels): HTMLLIElement {
  const zone = place.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const clock = (time: string) => formatClock(time, zone, pageLanguage);
  const at = new Date(Date.parse(scan.scannedAt) + scan.clockOffsetMs).toISOString();
  const sent = scan.undo?.isRefused === true ? more.faults['refused'] : more.states[scan.state];
  const state = [scan.undo === undefined ? '' : more.undone(scan.undo.reason), sent];
  const gate = scan.gate === undefined ? undefined : place.gateName(scan.gate);
  const item = element(
    'li',
    {},
    element('strong', { text: resultTitle({ ...scan, isKnown: scan.label !== '' }) }),
    element('span', { text: [clock(at), gate, scan.label].filter(Boolean).join(' · ') }),
    element('span', { className: 'muted small', text: state.filter(Boolean).join(' · ') }),
  );
  if (scan.conflict !== undefined) {
    const text = conflictText(scan.conflict, { gate: gate ?? words.anyGate, at }, clock);
    item.append(element('p', { className: 'notice notice-bad', text }));
  }
  if (isPassage(scan)) {
    const undo = async (reason: string): Promise<boolean> => {
      if (!(await on.undo(scan, reason))) return false;
      byId('history-title').focus();
      await showHistory(on);
      return true;
    };
    item.append(undoForm(scan.scanId, undo));
  }
  return item;
}

function conflictText(
  { fault, other }: Conflict,
  here: { readonly gate: string; readonly at: string },
  clock: (time: string) => string,
): string {
  const broken = fault === undefined ? '' : more.fault(more.faults[fault] ?? fault, here.gate);
  if (other === undefined) return broken;
  const textOf = (entry: { gate: string | null; at: string; by?: string | undefined }) =>
    more.entryAt({ gate: entry.gate ?? words.anyGate, at: clock(entry.at), by: entry.by });
  const [first, second] = Date.parse(other.at) <= Date.parse(here.at) ? [other, here] : [here, other];
  return `${more.conflict(textOf(first), textOf(second))} ${broken}`.trim();
}

async function search(on: Panels): Promise<void> {
  const place = on.place();
  const text = byId('search-text', HTMLInputElement).value.trim();
  if (place === undefined || text.length < letterMin) return;
  byId('search-list').replaceChildren();
  setText('search-count', more.searching);
  searches += 1;
  const asked = searches;
  const [{ entries, isSimilar, isCut, isFromHere }, list] = await Promise.all([
    findGuests(place.eventId, { text, max: foundMax, isWanted: () => asked === searches }),
    readList(place.eventId).catch(() => undefined),
  ]);
  const categories = new Map(list?.categories.map(({ id, name }) => [id, name]));
  // A newer search has started.
  if (asked !== searches) return;
  const count = (isFromHere ? more.foundHere : more.found)(entries.length, isCut, isSimilar);
  setText('search-count', count);
  byId('search-list').replaceChildren(
    ...entries.map((entry) => {
      const { guest, admission, status, ticketCategoryId } = entry;
      const name = guest?.name || more.noName;
      const button = element('button', { className: 'button', text: more.checkIn[place.direction] });
      button.type = 'button';
      button.ariaLabel = `${button.textContent}: ${name}`;
      button.addEventListener('click', () => {
        leavePanels();
        on.admit(entry);
      });
      const state =
        status === 'live'
          ? admission === null
            ? more.notCome
            : admission.inside
              ? more.isInside
              : more.hasLeft
          : words.results.revoked;
      return element(
        'li',
        {},
        element('strong', { text: name }),
        element('span', { text: [categories.get(ticketCategoryId), guest?.orderCode].filter(Boolean).join(' · ') }),
        element('span', { className: 'muted small', text: state }),
        button,
      );
    }),
  );
}

let state: SyncState | undefined;
let ageTimer: number | undefined;

/** Shows the age of the list and the number of waiting scans, always on the screen. */
export function showSyncState(given: SyncState): void {
  state = given;
  drawState();
  clearInterval(ageTimer);
  ageTimer = window.setInterval(drawState, stateEveryMs);
}

/** Shows how many scans of this phone at this event are in conflict, those from before a reload included. */
export async function countConflicts(eventId: string): Promise<void> {
  const { length } = await conflictingScans(eventId).catch(() => []);
  setText('conflicts', length === 0 ? '' : more.conflicts(length));
  show('conflicts', length > 0);
}

function drawState(): void {
  if (state === undefined) return;
  setText('list-age', state.isStoreBroken ? more.storeBroken : listState(state));
  setText('unsent', more.unsent(state.unsent));
  byId('unsent').toggleAttribute('data-some', state.unsent > 0);
}

function listState({ asOf, isReading }: SyncState): string {
  if (asOf === undefined) return isReading ? more.listReading : more.listNone;
  return more.listAge(minutesSince(asOf));
}
