import { doorOfflineWords } from '../../../i18n/words/door/door-offline.ts';
import { type ScanResult, doorWords } from '../../../i18n/words/door/door.ts';
import { byId, focusIfHidden, setText, show } from '../../shared/dom.ts';
import { minutesSince } from '../panels/minutes-since.ts';
import { pageLanguage } from '../../shared/page-language.ts';

const words = doorWords[pageLanguage];
const more = doorOfflineWords[pageLanguage];

export type ScanAnswer = {
  readonly result: ScanResult;
  readonly ticket?: { readonly ticketCategory: string };
  readonly guest?: { readonly name: string; readonly orderCode: string; readonly partySize: number };
  /** The organiser's note for the door staff about this category. */
  readonly note?: string;
  /** Decided by this device. */
  readonly isOffline?: boolean;
  readonly firstAdmission?: { readonly at: string; readonly gate: string | null };
};

type Look = 'idle' | 'good' | 'bad' | 'wait';

const marks: Readonly<Record<Look, string>> = {
  idle: '',
  good: 'M8 26l11 11L40 12',
  bad: 'M12 12l24 24M36 12L12 36',
  wait: 'M24 10v18M24 37v1',
};
/** Long enough for staff and visitor to see. A refusal stays until the next scan or until the camera starts. */
const goodShownMs = 2500;
const badOverCameraMs = 6000;
let timer: number | undefined;

/** Shows the answer, readable from two metres and without relying on colour. */
export function showAnswer(answer: ScanAnswer, { title, reason }: { title: string; reason: string }): void {
  const { result, ticket, guest } = answer;
  const isGood = result === 'admitted' || result === 'exited';
  draw(isGood ? 'good' : 'bad', title, ticket?.ticketCategory ?? '', reason, {
    guest: guest === undefined ? '' : more.guest(guest.name, guest.partySize, guest.orderCode),
    note: isGood ? (answer.note ?? '') : '',
    isOffline: answer.isOffline === true,
  });
  const isOverCamera = byId('answer').parentElement?.hasAttribute('data-camera') === true;
  if (isGood || isOverCamera) timer = window.setTimeout(showReady, isGood ? goodShownMs : badOverCameraMs);
}

export function showReady(): void {
  draw('idle', words.ready, words.readyHint, '');
}

export function showChecking(): void {
  draw('idle', words.checking, '', '');
}

export function showNoAnswer(): void {
  draw('wait', words.noAnswer, words.noAnswerHint, '');
}

/** The service answered, but does not let this login scan here. */
export function showRefused(): void {
  draw('wait', words.refused, words.refusedHint, '');
}

let answerWanted: ((isLetIn: boolean) => void) | undefined;

/** Asks the door staff about a code that is not on the list. Another scan counts as a refusal of this one. */
export function askToDecide(asOf: string): Promise<boolean> {
  draw('wait', more.notOnList, more.notOnListHint(minutesSince(asOf)), '');
  show('decide', true);
  // The second Enter of a scanner must not press the button that lets somebody in.
  byId('decide-no').focus();
  return new Promise((resolve) => {
    answerWanted = resolve;
  });
}

/** Sets up the two buttons of the question. */
export function watchDecision(): void {
  for (const [id, isLetIn] of [
    ['decide-yes', true],
    ['decide-no', false],
  ] as const) {
    byId(id).addEventListener('click', () => decided(isLetIn));
  }
}

/** Closes the question, if one is open. */
export function decided(isLetIn: boolean): void {
  show('decide', false);
  focusIfHidden(byId('scan-event'));
  answerWanted?.(isLetIn);
  answerWanted = undefined;
}

type Extra = { readonly guest: string; readonly note: string; readonly isOffline: boolean };
const noExtra: Extra = { guest: '', note: '', isOffline: false };

function draw(look: Look, title: string, text: string, hint: string, extra: Extra = noExtra): void {
  clearTimeout(timer);
  setText('answer-guest', extra.guest);
  setText('answer-note', extra.note);
  show('answer-offline', extra.isOffline);
  byId('answer').className = `answer answer-${look}`;
  document.getElementById('answer-path')?.setAttribute('d', marks[look]);
  setText('answer-title', title);
  setText('answer-text', text);
  setText('answer-more', hint);
}
