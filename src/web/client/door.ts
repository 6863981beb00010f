import { doorOfflineWords } from '../i18n/words/door/door-offline.ts';
import { doorWords } from '../i18n/words/door/door.ts';
import { refusalWords } from '../i18n/words/refusals.ts';
import { byId, element, focusIfHidden, setText, show } from './shared/dom.ts';
import { decided, showReady, watchDecision } from './door/scanning/door-answer.ts';
import { stop as stopCamera, watchCamera } from './door/scanning/door-camera.ts';
import { countHere, stopCounters, watchCounters } from './door/panels/door-counters.ts';
import { type Gate, doorEvents, doorGates, eventOption, gateOption } from './door/session/door-events.ts';
import { closePanels, countConflicts, emptyPanels, showSyncState, watchPanels } from './door/panels/door-panels.ts';
import type { ScanPlace } from './door/scanning/decide-scan.ts';
import { createScanner } from './door/scanning/door-scan.ts';
import {
  type DoorActor,
  type DoorEvent,
  doorCall,
  dropToken,
  keep,
  kept,
  keptToken,
  knownAhead,
  pauseAfter,
} from './door/session/door-session.ts';
import { choose, chosen, showPlace, takePlace, watchDirection } from './door/session/door-place.ts';
import { keepTypedFor, watchSignIn } from './door/session/door-sign-in.ts';
import { keepAwake, watchTouches } from './door/scanning/door-signal.ts';
import { forgetEvents, readList, undoScan, unsentScans } from './door/offline/door-store.ts';
import { type Sync, type SyncState, startSync } from './door/offline/door-sync.ts';
import { askToKeepStorage, installDoor } from './door/offline/install-door.ts';
import { setMessage } from './shared/forms/form-faults.ts';
import { watchKeyboardScanner } from './door/scanning/keyboard-scanner.ts';
import { pageLanguage } from './shared/page-language.ts';
import { refusalText } from './shared/forms/refusal-text.ts';
import { endsByWaiting } from './shared/calls/api.ts';
import { assumeAhead } from './shared/calls/server-clock.ts';

const words = doorWords[pageLanguage];
const more = doorOfflineWords[pageLanguage];
let place: ScanPlace | undefined;
let events: readonly DoorEvent[] = [];
let gates: readonly Gate[] = [];
let sync: Sync | undefined;

const scanner = createScanner(
  () => place ?? { eventId: '', timeZone: undefined, gate: undefined, direction: 'entry', gateName },
  {
    passed: countHere,
    signedOut: (code) => {
      leave(words.ended);
      byId('code', HTMLInputElement).value = code;
    },
    kept: () => sync?.now(),
  },
);

watchSignIn({ entered: enter, left: leave });
watchChoice();
watchScanner();
watchTouches();
assumeAhead(knownAhead(kept(), Date.now()));
installDoor();
void enter();

function showStep(step: 'sign-in' | 'choice' | 'scanner'): void {
  for (const name of ['sign-in', 'choice', 'scanner']) show(name, name === step);
  focusIfHidden(byId(step).querySelector('h1'));
}

/** Returns to the sign-in with a reason, and deletes the lists: guests' names are only for signed-in staff. */
function leave(message = '', at: 'form-message' | 'device-message' = 'form-message'): void {
  dropToken();
  stopScanning();
  emptyPanels();
  void forgetEvents().catch(() => undefined);
  showStep('sign-in');
  for (const id of ['form-message', 'device-message']) setMessage(id, id === at ? message : '', 'wait');
}

function stopScanning(): void {
  place = undefined;
  sync?.stop();
  sync = undefined;
  decided(false);
  closePanels();
  stopCounters();
  stopCamera();
}

/**
 * Shows the sign-in if there is no session. A device that was scanning continues without asking the service, because a bad network may
 * take long to respond. Its first sync notices an ended session.
 * @param by the kind of account that has just signed in; undefined when the page opens
 */
async function enter(by?: 'member' | 'device', tries = 0): Promise<void> {
  if (keptToken() === undefined) return showStep('sign-in');
  const before = kept();
  const event = before.events?.find(({ id }) => id === before.place?.eventId);
  if (before.actor !== undefined && before.place !== undefined && event !== undefined) {
    events = before.events ?? [];
    keepTypedFor(before.actor);
    gates = (await readList(event.id).catch(() => undefined))?.gates ?? [];
    return startScanning(event, before.place);
  }
  const answer = await doorCall<DoorActor>('GET', '/v1/sessions/current');
  const at = by === 'device' ? 'device-message' : 'form-message';
  if (answer.kind === 'refused' && answer.problem.status === 401) {
    return leave(by === 'device' ? words.deviceUnknown : words.ended, at);
  }
  if (answer.kind === 'ok') keep({ actor: answer.body });
  const { actor } = kept();
  if (actor !== undefined) {
    keepTypedFor(actor);
    return showChoice(actor);
  }
  const text = answer.kind === 'refused' ? refusalText(answer.problem) : refusalWords[pageLanguage].unreachable;
  if (answer.kind === 'refused' && !endsByWaiting(answer.problem)) return leave(text, at);
  // Nothing speaks against the session: it stays, and is shown again, unless somebody signs in meanwhile.
  const token = keptToken();
  showStep('sign-in');
  setMessage(at, text, 'wait');
  await pauseAfter(answer, tries);
  if (keptToken() === token && !byId('sign-in').hidden) await enter(by, tries + 1);
}

async function showChoice(actor: DoorActor, message = ''): Promise<void> {
  setText('actor', `${actor.name} · ${actor.organizer.name}`);
  showStep('choice');
  // At once: a choice that is made while the events are read stays.
  choose('direction', kept().place?.direction ?? 'entry');
  const found = (await doorEvents(actor)) ?? kept().events;
  if (found === undefined) {
    const again = element('button', { className: 'link-button', text: words.again });
    again.type = 'button';
    again.addEventListener('click', () => void showChoice(actor));
    setMessage('choice-message', refusalWords[pageLanguage].unreachable, 'bad', again);
    return;
  }
  setMessage('choice-message', message);
  events = found;
  keep({ events });
  show('no-events', events.length === 0);
  byId('choice-submit', HTMLButtonElement).disabled = events.length === 0;
  byId('event').replaceChildren(...events.map(eventOption));
  byId('choice-title').focus();
  await showGates();
}

/** Scans refer to a gate by its id, or by another scanner's label. */
function gateName(gate: string): string {
  return gates.find(({ id }) => id === gate)?.name ?? gate;
}

async function showGates(): Promise<void> {
  const eventId = byId('event', HTMLSelectElement).value;
  gates = eventId === '' ? [] : await doorGates(eventId);
  // By id, because a renamed gate keeps its rules.
  const options = [{ id: '', name: words.anyGate }, ...gates].map(gateOption);
  byId('gate').replaceChildren(...options);
  const before = kept().place;
  if (before?.eventId === eventId && gates.some(({ id }) => id === before.gate)) {
    byId('gate', HTMLSelectElement).value = before.gate;
  }
  const elsewhere = (await unsentScans().catch(() => [])).filter((scan) => scan.eventId !== eventId).length;
  setText('choice-unsent', elsewhere === 0 ? '' : more.unsentElsewhere(elsewhere));
  show('choice-unsent', elsewhere > 0);
}

function watchChoice(): void {
  byId('event').addEventListener('change', () => void showGates());
  byId('choice-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const found = events.find(({ id }) => id === byId('event', HTMLSelectElement).value);
    if (found === undefined) return;
    startScanning(found, { gate: byId('gate', HTMLSelectElement).value, direction: chosen('direction') });
  });
}

function startScanning(event: DoorEvent, at: { readonly gate: string; readonly direction: 'entry' | 'exit' }): void {
  const { gate, direction } = at;
  place = { eventId: event.id, timeZone: event.timeZone, gate: gate === '' ? undefined : gate, direction, gateName };
  setText('scan-event', event.name);
  takePlace(place);
  showStep('scanner');
  showReady();
  watchCounters(event.id);
  void forgetEvents(event.id).catch(() => undefined);
  void countConflicts(event.id);
  void askToKeepStorage();
  sync?.stop();
  sync = startSync(event.id, {
    changed: followList,
    conflicts: () => void countConflicts(event.id),
    signedOut: () => leave(words.ended),
  });
  void keepAwake(place !== undefined);
}

/** What is being decided keeps its direction. What is on the screen was said about the other one. */
function turn(direction: ScanPlace['direction']): void {
  if (place === undefined) return;
  place = { ...place, direction };
  takePlace(place);
  emptyPanels();
  if (byId('decide').hidden) showReady();
}

/** Shows the state of the sync, and updates the gate, which may have been renamed or removed. */
function followList(state: SyncState): void {
  showSyncState(state);
  if (state.gates === undefined) return;
  if (place === undefined) return;
  const { gate = '' } = place;
  const before = gateName(gate);
  gates = state.gates;
  if (gate === '' || gates.some(({ id }) => id === gate)) return showPlace(place);
  changePlace(more.gateRemoved(before));
}

function changePlace(message = ''): void {
  stopScanning();
  const { actor } = kept();
  if (actor !== undefined) void showChoice(actor, message);
}

function watchScanner(): void {
  const scan = (code: string, placed?: string): void => {
    if (place === undefined) return;
    decided(false);
    closePanels();
    scanner.scan(code, placed);
  };
  document.addEventListener('visibilitychange', () => void keepAwake(place !== undefined));
  watchDecision();
  watchDirection(turn);
  watchPanels({
    place: () => place,
    undo: async (given, reason) => {
      const isDone = await undoScan(given, reason).catch(() => false);
      sync?.now();
      return isDone;
    },
    admit: (entry) => scanner.admit(entry),
  });
  watchCamera(scan);
  watchKeyboardScanner(byId('code', HTMLInputElement), scan);
  for (const button of document.querySelectorAll('[data-act="change"]')) {
    button.addEventListener('click', () => changePlace());
  }
}
