import { refusalWords } from '../i18n/words/refusals.ts';
import { waitingListWords } from '../i18n/words/waiting-list.ts';
import { type Answer, call } from './shared/calls/api.ts';
import { byId, localStorageIfAny, setText, show, takeFragment } from './shared/dom.ts';
import { setMessage } from './shared/forms/form-faults.ts';
import { pageLanguage } from './shared/page-language.ts';
import { refusalText } from './shared/forms/refusal-text.ts';

type Entry = {
  readonly status: 'unconfirmed' | 'waiting' | 'offered' | 'ended';
  readonly quantity: number;
  readonly ticketCategory: string;
  readonly eventName: string;
  readonly position: number | null;
};

const words = waitingListWords[pageLanguage];
const entryId = location.pathname.split('/').at(-1) ?? '';
const path = `/v1/waiting-list/${entryId}`;
const keptAs = `antre-waiting-${entryId}`;
const kept = localStorageIfAny();
/** Keeps the link's secret in this browser, so that a reload works, until it no longer opens an entry. */
const token = takeFragment() || (kept?.getItem(keptAs) ?? '');
const confirmButton = byId('confirm', HTMLButtonElement);
const leaveButton = byId('leave', HTMLButtonElement);

// Programs that read mails open links, so nothing is confirmed or left before a button is pressed.
confirmButton.addEventListener('click', () => void run(confirmButton, 'confirmation', present));
leaveButton.addEventListener('click', () => void run(leaveButton, 'departure', showLeft));
void open();

async function open(): Promise<void> {
  const answer = await call<Entry>('GET', path, { token });
  show('loading', false);
  if (answer.kind === 'ok') return present(answer.body);
  if (isGone(answer)) return showMissing();
  show('entry', true);
  sayFault(answer);
}

async function run(button: HTMLButtonElement, act: string, onDone: (entry: Entry) => void): Promise<void> {
  button.disabled = true;
  setMessage('message', '');
  const answer = await call<Entry>('POST', `${path}/${act}`, { token });
  button.disabled = false;
  if (answer.kind === 'ok') onDone(answer.body);
  else if (isGone(answer)) showMissing();
  else sayFault(answer);
}

function present({ status, quantity, ticketCategory, eventName, position }: Entry): void {
  kept?.setItem(keptAs, token);
  setText('event-name', eventName);
  setText('tickets', words.tickets(quantity, ticketCategory));
  setText('state', position === null ? textOf(status) : words.position(position));
  show('confirm', status === 'unconfirmed');
  show('leave', status !== 'offered');
  show('entry', true);
}

const textOf = (status: Entry['status']) => (status === 'waiting' ? '' : words[status]);

const isGone = (answer: Answer<unknown>) => answer.kind === 'refused' && answer.problem.status === 404;

function sayFault(answer: Answer<unknown>): void {
  if (answer.kind !== 'refused') return setMessage('message', refusalWords[pageLanguage].unreachable);
  const { problem } = answer;
  const isClosed = problem.code === 'waiting_list.closed';
  setMessage('message', isClosed ? words.closed : (words.refused[problem.code] ?? refusalText(problem)));
}

function showMissing(): void {
  kept?.removeItem(keptAs);
  show('entry', false);
  show('missing', true);
}

function showLeft(): void {
  kept?.removeItem(keptAs);
  show('entry', false);
  show('left', true);
  byId('left').focus();
}
