import { inLanguage } from '../../platform/text/in-language.ts';
import { refusalWords } from '../i18n/words/refusals.ts';
import { waitingListWords } from '../i18n/words/waiting-list.ts';
import { type Answer, askedBy, call, endsByWaiting } from './shared/calls/api.ts';
import { onStale, poll } from './shared/calls/poll.ts';
import { nextTry } from './shared/calls/waiting.ts';
import { byId, setText, show, takeFragment, whileBusy } from './shared/dom.ts';
import { setMessage } from './shared/forms/form-faults.ts';
import { pageLanguage } from './shared/page-language.ts';
import { outlivesPage, pageStorage } from './shared/page-storage.ts';
import { refusalText, waitingText } from './shared/forms/refusal-text.ts';

type Entry = {
  readonly status: 'unconfirmed' | 'waiting' | 'offered' | 'ended';
  readonly quantity: number;
  readonly ticketCategory: string;
  readonly ticketCategoryEn: string | null;
  readonly eventName: string;
  readonly eventNameEn: string | null;
  readonly position: number | null;
};

const words = waitingListWords[pageLanguage];
const refusals = refusalWords[pageLanguage];
const entryId = location.pathname.split('/').pop() ?? '';
const path = `/v1/waiting-list/${entryId}`;
const keptAs = `antre-waiting-${entryId}`;
const kept = pageStorage('localStorage');
/** Keeps the link's secret in this browser, so that a reload works, until it no longer opens an entry. */
const token = takeFragment(!outlivesPage()) || (kept.getItem(keptAs) ?? '');
const confirmButton = byId('confirm', HTMLButtonElement);
const leaveButton = byId('leave', HTMLButtonElement);
let failures = 0;
let hasLeft = false;

// Programs that read mails open links, so nothing is confirmed or left before a button is pressed.
confirmButton.addEventListener('click', () => void run(confirmButton, 'confirmation', present));
leaveButton.addEventListener('click', () => void run(leaveButton, 'departure', showLeft));
const watch = poll(look);
onStale(watch.now);

async function look(): Promise<number | undefined> {
  const answer = await call<Entry>('GET', path, { token });
  if (hasLeft) return undefined;
  show('loading', false);
  if (isGone(answer)) showMissing();
  if (isGone(answer) || answer.kind === 'unchanged') return undefined;
  show('entry', true);
  setMessage('message', '');
  if (answer.kind === 'ok') {
    failures = 0;
    present(answer.body);
    return undefined;
  }
  if (answer.kind === 'refused' && !endsByWaiting(answer.problem)) {
    sayFault(answer);
    return undefined;
  }
  setMessage('message', answer.kind === 'refused' ? waitingText(answer.problem) : refusals.unreachableYet, 'wait');
  failures += 1;
  return nextTry(failures, askedBy(answer), Math.random());
}

async function run(button: HTMLButtonElement, act: string, onDone: (entry: Entry) => void): Promise<void> {
  setMessage('message', '');
  await whileBusy(
    button,
    async () => {
      const answer = await call<Entry>('POST', `${path}/${act}`, { token });
      if (answer.kind === 'ok') onDone(answer.body);
      else if (isGone(answer)) showMissing();
      else sayFault(answer);
    },
    byId('state'),
  );
}

function present({ status, quantity, position, ...entry }: Entry): void {
  kept.setItem(keptAs, token);
  setText('event-name', inLanguage(pageLanguage, entry.eventName, entry.eventNameEn));
  const category = inLanguage(pageLanguage, entry.ticketCategory, entry.ticketCategoryEn);
  setText('tickets', words.tickets(quantity, category));
  setText('state', position === null ? textOf(status) : words.position(position));
  show('confirm', status === 'unconfirmed');
  show('leave', status !== 'offered');
  show('entry', true);
}

const textOf = (status: Entry['status']) => (status === 'waiting' ? '' : words[status]);

const isGone = (answer: Answer<unknown>) => answer.kind === 'refused' && answer.problem.status === 404;

function sayFault(answer: Answer<unknown>): void {
  if (answer.kind !== 'refused') return setMessage('message', refusals.unreachable);
  const { problem } = answer;
  const isClosed = problem.code === 'waiting_list.closed';
  setMessage('message', isClosed ? words.closed : (words.refused[problem.code] ?? refusalText(problem)));
}

function showMissing(): void {
  // A wrong link takes nothing from a browser that has the right one.
  if (kept.getItem(keptAs) === token) kept.removeItem(keptAs);
  show('entry', false);
  show('missing', true);
  byId('missing').focus();
}

function showLeft(): void {
  hasLeft = true;
  kept.removeItem(keptAs);
  show('entry', false);
  show('left', true);
  byId('left').focus();
}
