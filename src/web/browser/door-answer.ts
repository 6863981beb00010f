import { formatClock } from '../format.ts';
import { type ScanResult, doorWords } from '../words/door.ts';
import { byId, setText } from './dom.ts';
import { pageLanguage } from './page-language.ts';

const words = doorWords[pageLanguage];

export type ScanAnswer = {
  readonly result: ScanResult;
  readonly ticket?: { readonly ticketCategory: string };
  readonly firstAdmission?: { readonly at: string; readonly gate: string | null };
};

type Look = 'idle' | 'good' | 'bad' | 'wait';

const marks: Readonly<Record<Look, string>> = {
  idle: '',
  good: 'M8 26l11 11L40 12',
  bad: 'M12 12l24 24M36 12L12 36',
  wait: 'M24 10v18M24 37v1',
};
/** Long enough to be seen by both sides of the counter. A refusal stays until the next scan. */
const goodShownMs = 2500;
let timer: number | undefined;

/** The big answer: readable from two metres, and not by colour alone. */
export function showAnswer(answer: ScanAnswer): void {
  const { result, ticket, firstAdmission } = answer;
  const isGood = result === 'admitted' || result === 'exited';
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const first =
    firstAdmission === undefined || result !== 'already_used'
      ? undefined
      : words.firstAt(formatClock(firstAdmission.at, zone, pageLanguage), firstAdmission.gate ?? undefined);
  draw(
    isGood ? 'good' : 'bad',
    words.results[result],
    ticket?.ticketCategory ?? '',
    first ?? words.hints[result] ?? '',
  );
  if (isGood) timer = window.setTimeout(showReady, goodShownMs);
}

export function showReady(): void {
  draw('idle', words.ready, words.readyHint, '');
}

export function showChecking(): void {
  draw('idle', words.checking, '', '');
}

export function showNoAnswer(text = words.noAnswerHint): void {
  draw('wait', words.noAnswer, text, '');
}

function draw(look: Look, title: string, text: string, more: string): void {
  clearTimeout(timer);
  byId('answer').className = `answer answer-${look}`;
  document.getElementById('answer-path')?.setAttribute('d', marks[look]);
  setText('answer-title', title);
  setText('answer-text', text);
  setText('answer-more', more);
}
