import { doorOfflineWords } from '../i18n/words/door/door-offline.ts';
import { doorWords } from '../i18n/words/door/door.ts';
import { refusalWords } from '../i18n/words/refusals.ts';
import { byId, element, focusIfHidden, setText, show, takeFragment } from './shared/dom.ts';
import { keepKnownClient, knownClient } from './shared/calls/known-client.ts';
import { decided, showReady, watchDecision } from './door/door-answer.ts';
import { stop as stopCamera, watchCamera } from './door/door-camera.ts';
import { countHere, stopCounters, watchCounters } from './door/door-counters.ts';
import { type Gate, doorEvents, doorGates, eventOption } from './door/door-events.ts';
import { closePanels, countConflicts, showSyncState, watchPanels } from './door/door-panels.ts';
import type { ScanPlace } from './door/decide-scan.ts';
import { createScanner } from './door/door-scan.ts';
import {
  type DoorActor,
  type DoorEvent,
  doorCall,
  dropToken,
  keep,
  keepToken,
  kept,
  keptToken,
} from './door/door-session.ts';
import { allowSound } from './door/door-signal.ts';
import { forgetOtherEvents, undoScan, waitingScans } from './door/door-store.ts';
import { type Sync, startSync } from './door/door-sync.ts';
import { installWorker } from './door/install-worker.ts';
import { setMessage } from './shared/forms/form-faults.ts';
import { watchKeyboardScanner } from './door/keyboard-scanner.ts';
import { pageLanguage } from './shared/page-language.ts';
import { refusalText } from './shared/forms/refusal-text.ts';
import { sendForm } from './shared/forms/send-form.ts';
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
    signedOut: () => leave(words.ended),
    kept: () => sync?.now(),
  },
);

watchSignIn();
watchChoice();
watchScanner();
assumeAhead(kept().clockOffsetMs ?? 0);
void installWorker();
void enter();

function showStep(step: 'sign-in' | 'choice' | 'scanner'): void {
  for (const name of ['sign-in', 'choice', 'scanner']) show(name, name === step);
  focusIfHidden(byId(step).querySelector('h1'));
}

/** Returns to the sign-in and shows why. */
function leave(message = ''): void {
  dropToken();
  stopScanning();
  showStep('sign-in');
  setMessage('form-message', message, 'wait');
}

function stopScanning(): void {
  place = undefined;
  sync?.stop();
  sync = undefined;
  decided(false);
  closePanels();
  stopCounters();
  void stopCamera();
}

/** Shows the sign-in without a session. With one it continues where this device was, also without a network. */
async function enter(): Promise<void> {
  if (keptToken() === undefined) return showStep('sign-in');
  const answer = await doorCall<DoorActor>('GET', '/v1/sessions/current');
  if (answer.kind === 'refused' && answer.problem.status === 401) return leave(words.ended);
  if (answer.kind === 'ok') keep({ actor: answer.body });
  const { actor, events: known, place: before } = kept();
  if (actor === undefined)
    return leave(answer.kind === 'refused' ? refusalText(answer.problem) : refusalWords[pageLanguage].unreachable);
  const event = known?.find(({ id }) => id === before?.eventId);
  if (before === undefined || event === undefined) return showChoice(actor);
  events = known ?? [];
  gates = await doorGates(event.id);
  startScanning(event, before);
}

function watchSignIn(): void {
  sendForm({
    formId: 'form',
    buttonId: 'submit',
    messageId: 'form-message',
    fields: ['email', 'password'],
    unchecked: ['password'],
    path: '/v1/sessions',
    bodyOf: ({ email, password }) => ({ email, password, ...knownClient('staff') }),
    onDone: ({ body }) => {
      allowSound();
      byId('password', HTMLInputElement).value = '';
      const { accessToken, knownClientToken } = body as { accessToken: string; knownClientToken: string };
      keepKnownClient('staff', knownClientToken);
      keepToken(accessToken);
      return enter();
    },
  });
  // From the code at the desk. It is used only after a tap: a link from elsewhere could pair the phone with a stranger's device.
  const paired = new URLSearchParams(takeFragment()).get('device');
  byId('deviceToken', HTMLInputElement).value = paired ?? '';
  byId('device-form')
    .closest('details')
    ?.toggleAttribute('open', paired !== null);
  byId('device-submit', HTMLButtonElement).disabled = false;
  byId('device-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const input = byId('deviceToken', HTMLInputElement);
    if (input.value.trim() === '') return;
    allowSound();
    keepToken(input.value.trim());
    input.value = '';
    void enter();
  });
  for (const button of document.querySelectorAll('[data-act="sign-out"]')) {
    button.addEventListener('click', () => {
      void doorCall('DELETE', '/v1/sessions/current');
      leave();
    });
  }
}

async function showChoice(actor: DoorActor): Promise<void> {
  setText('actor', `${actor.name} · ${actor.organizer.name}`);
  showStep('choice');
  const found = (await doorEvents(actor)) ?? kept().events;
  if (found === undefined) {
    setMessage('choice-message', refusalWords[pageLanguage].unreachable);
    return;
  }
  setMessage('choice-message', '');
  events = found;
  keep({ events });
  show('no-events', events.length === 0);
  byId('choice-submit', HTMLButtonElement).disabled = events.length === 0;
  byId('event').replaceChildren(...events.map(eventOption));
  byId('choice-title').focus();
  await showGates();
}

/** Other scanners may name a gate by its id. */
function gateName(gate: string): string {
  return gates.find(({ id }) => id === gate)?.name ?? gate;
}

async function showGates(): Promise<void> {
  const eventId = byId('event', HTMLSelectElement).value;
  gates = eventId === '' ? [] : await doorGates(eventId);
  // By name, because the next person who scans this ticket is shown it.
  const options = ['', ...gates.map(({ name }) => name)].map((name) => {
    const option = element('option', { text: name === '' ? words.anyGate : name });
    option.value = name;
    return option;
  });
  byId('gate').replaceChildren(...options);
  const before = kept().place;
  if (before?.eventId === eventId && gates.some(({ name }) => name === before.gate)) {
    byId('gate', HTMLSelectElement).value = before.gate;
  }
  const elsewhere = (await waitingScans().catch(() => [])).filter((scan) => scan.eventId !== eventId).length;
  setText('choice-unsent', elsewhere === 0 ? '' : more.unsentElsewhere(elsewhere));
  show('choice-unsent', elsewhere > 0);
}

function watchChoice(): void {
  byId('event').addEventListener('change', () => void showGates());
  byId('choice-form').addEventListener('submit', (event) => {
    event.preventDefault();
    allowSound();
    const chosen = events.find(({ id }) => id === byId('event', HTMLSelectElement).value);
    if (chosen === undefined) return;
    const gate = byId('gate', HTMLSelectElement).value;
    const isExit = document.querySelector<HTMLInputElement>('input[name="direction"]:checked')?.value === 'exit';
    startScanning(chosen, { gate, direction: isExit ? 'exit' : 'entry' });
  });
}

function startScanning(event: DoorEvent, at: { readonly gate: string; readonly direction: 'entry' | 'exit' }): void {
  const { gate, direction } = at;
  place = {
    eventId: event.id,
    timeZone: event.timeZone,
    gate: gate === '' ? undefined : gate,
    direction,
    gateName,
  };
  keep({ place: { eventId: event.id, gate, direction } });
  setText('scan-event', event.name);
  setText('scan-gate', `${gate === '' ? words.anyGate : gate} · ${words[direction]}`);
  showStep('scanner');
  showReady();
  watchCounters(event.id);
  void forgetOtherEvents(event.id).catch(() => undefined);
  sync?.stop();
  sync = startSync(event.id, {
    changed: showSyncState,
    conflicts: (found) => countConflicts(found.length),
    signedOut: () => leave(words.ended),
  });
  void keepAwake();
}

function watchScanner(): void {
  const scan = (code: string, placed?: string): void => {
    if (place === undefined) return;
    decided(false);
    closePanels();
    scanner.scan(code, placed);
  };
  watchDecision();
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
    button.addEventListener('click', () => {
      stopScanning();
      const { actor } = kept();
      if (actor !== undefined) void showChoice(actor);
    });
  }
}

/** Keeps the screen on, if the phone can: a dark screen delays the people who wait. */
async function keepAwake(): Promise<void> {
  await navigator.wakeLock?.request('screen').catch(() => undefined);
}
