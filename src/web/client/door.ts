import { formatDate } from '../../platform/text/format-time.ts';
import { doorWords } from '../i18n/words/door.ts';
import { refusalWords } from '../i18n/words/refusals.ts';
import { byId, element, setText, show, takeFragment } from './shared/dom.ts';
import { keepKnownClient, knownClient } from './shared/known-client.ts';
import { showReady } from './door/door-answer.ts';
import { stop as stopCamera, watchCamera } from './door/door-camera.ts';
import { countHere, stopCounters, watchCounters } from './door/door-counters.ts';
import { type DoorEvent, type Gate, doorEvents, doorGates } from './door/door-events.ts';
import { type ScanPlace, createScanner } from './door/door-scan.ts';
import { type DoorActor, doorCall, dropToken, keepToken, keptToken } from './door/door-session.ts';
import { allowSound } from './door/door-signal.ts';
import { setMessage } from './shared/form-faults.ts';
import { watchKeyboardScanner } from './door/keyboard-scanner.ts';
import { pageLanguage } from './shared/page-language.ts';
import { refusalText } from './shared/refusal-text.ts';
import { sendForm } from './shared/send-form.ts';

const words = doorWords[pageLanguage];
let place: ScanPlace | undefined;
let events: readonly DoorEvent[] = [];
let gates: readonly Gate[] = [];

const scanner = createScanner(
  () => place ?? { eventId: '', timeZone: undefined, gate: undefined, direction: 'entry', gateName },
  {
    admitted: countHere,
    signedOut: () => leave(words.ended),
  },
);

watchSignIn();
watchChoice();
watchScanner();
void enter();

function showStep(step: 'sign-in' | 'choice' | 'scanner'): void {
  for (const name of ['sign-in', 'choice', 'scanner']) show(name, name === step);
}

/** Returns to the sign-in and shows why. */
function leave(message = ''): void {
  dropToken();
  place = undefined;
  stopCounters();
  void stopCamera();
  showStep('sign-in');
  setMessage('form-message', message, 'wait');
}

/** Shows the sign-in without a session, and the choice of an event with one. */
async function enter(): Promise<void> {
  if (keptToken() === undefined) return showStep('sign-in');
  const answer = await doorCall<DoorActor>('GET', '/v1/sessions/current');
  if (answer.kind === 'unreachable') return leave(refusalWords[pageLanguage].unreachable);
  if (answer.kind === 'refused')
    return leave(answer.problem.status === 401 ? words.ended : refusalText(answer.problem));
  if (answer.kind === 'ok') await showChoice(answer.body);
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
  // The code at the desk pairs a phone on which nobody is signed in: its address has the device's token behind the `#`.
  const paired = new URLSearchParams(takeFragment()).get('device');
  if (paired !== null && keptToken() === undefined) keepToken(paired);
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
  const found = await doorEvents(actor);
  if (found === undefined) {
    setMessage('choice-message', refusalWords[pageLanguage].unreachable);
    return;
  }
  setMessage('choice-message', '');
  events = found;
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

function eventOption({ id, name, startsAt, timeZone }: DoorEvent): HTMLOptionElement {
  const day =
    startsAt === undefined || timeZone === undefined
      ? ''
      : ` · ${formatDate(startsAt, timeZone, pageLanguage, 'medium')}`;
  const option = element('option', { text: `${name}${day}` });
  option.value = id;
  return option;
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
}

function watchChoice(): void {
  byId('event').addEventListener('change', () => void showGates());
  byId('choice-form').addEventListener('submit', (event) => {
    event.preventDefault();
    allowSound();
    const chosen = events.find(({ id }) => id === byId('event', HTMLSelectElement).value);
    if (chosen === undefined) return;
    const gate = byId('gate', HTMLSelectElement);
    const isExit = document.querySelector<HTMLInputElement>('input[name="direction"]:checked')?.value === 'exit';
    const direction = isExit ? 'exit' : 'entry';
    place = {
      eventId: chosen.id,
      timeZone: chosen.timeZone,
      gate: gate.value === '' ? undefined : gate.value,
      direction,
      gateName,
    };
    setText('scan-event', chosen.name);
    setText('scan-gate', `${gate.selectedOptions[0]?.textContent ?? ''} · ${isExit ? words.exit : words.entry}`);
    showStep('scanner');
    showReady();
    watchCounters(chosen.id);
    void keepAwake();
  });
}

function watchScanner(): void {
  const scan = (code: string): void => {
    if (place !== undefined) scanner.scan(code);
  };
  watchCamera(scan);
  watchKeyboardScanner(byId('code', HTMLInputElement), scan);
  for (const button of document.querySelectorAll('[data-act="change"]')) {
    button.addEventListener('click', () => {
      place = undefined;
      stopCounters();
      void stopCamera();
      showStep('choice');
    });
  }
}

/** Keeps the screen on: a dark screen delays the people who wait. */
async function keepAwake(): Promise<void> {
  try {
    await navigator.wakeLock?.request('screen');
  } catch {
    // Low battery or no support: the phone's own setting applies.
  }
}
