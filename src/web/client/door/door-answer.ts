import { formatClock } from '../../../platform/text/format-time.ts';
import { type ScanResult, doorWords } from '../../i18n/words/door.ts';
import { byId, setText } from '../shared/dom.ts';
import { pageLanguage } from '../shared/page-language.ts';

const words = doorWords[pageLanguage];

/** Where the scan was made. The text of the answer mentions it. */
export type AnswerPlace = { readonly timeZone: string | undefined; gateName(gate: string): string };

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
/** Long enough for staff and visitor to see. A refusal stays until the next scan, or until the camera is turned on. */
const goodShownMs = 2500;
const badOverCameraMs = 6000;
let timer: number | undefined;

/** The large answer, readable from two metres and without relying on colour. */
export function showAnswer(answer: ScanAnswer, { timeZone, gateName }: AnswerPlace): void {
  const { result, ticket, firstAdmission } = answer;
  const isGood = result === 'admitted' || result === 'exited';
  const zone = timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const firstGate = typeof firstAdmission?.gate === 'string' ? gateName(firstAdmission.gate) : undefined;
  const first =
    firstAdmission === undefined || result !== 'already_used'
      ? undefined
      : words.firstAt(formatClock(firstAdmission.at, zone, pageLanguage), firstGate);
  draw(
    isGood ? 'good' : 'bad',
    words.results[result],
    ticket?.ticketCategory ?? '',
    first ?? words.hints[result] ?? '',
  );
  const isOverCamera = byId('answer').parentElement?.hasAttribute('data-camera') === true;
  if (isGood || isOverCamera) timer = window.setTimeout(showReady, isGood ? goodShownMs : badOverCameraMs);
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
