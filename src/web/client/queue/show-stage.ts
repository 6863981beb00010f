import { formatCount } from '../../../platform/text/format-money.ts';
import { formatClockIn, formatDate } from '../../../platform/text/format-time.ts';
import { eventWords } from '../../i18n/words/event.ts';
import { lapsedWords } from '../../i18n/words/queue/queue-lapsed.ts';
import { queueWords } from '../../i18n/words/queue/queue.ts';
import { byId, languageQuery, setText, show } from '../shared/dom.ts';
import { leftText } from '../shared/left-text.ts';
import { pageLanguage } from '../shared/page-language.ts';
import { estimateText } from './estimate-text.ts';
import type { Held } from './held-place.ts';
import { servingNow, waitOf } from './progress.ts';
import type { QueueView } from './queue-view.ts';
import type { Stage } from './stage.ts';

const words = queueWords[pageLanguage];
const lapsed = lapsedWords[pageLanguage];
const bands = eventWords[pageLanguage].bands;

export type Shown = {
  readonly queue: QueueView;
  readonly held: Held;
  readonly stage: Stage;
  /** Of the held place, counted from 0. */
  readonly position: number | undefined;
  readonly nowMs: number;
  readonly slug: string;
  readonly timeZone: string;
  /** The title while nothing happens. */
  readonly title: string;
};

/** Shows the buyer's stage on the page. Called every second; only changes are written. */
export function showStage(shown: Shown): void {
  const { stage, queue } = shown;
  const panel = byId('stage');
  const isNew = panel.dataset['kind'] !== stage.kind;
  panel.dataset['kind'] = stage.kind;
  panel.removeAttribute('aria-busy');
  setText('stage-title', words.stages[stage.kind].title);
  setText('stage-text', textOf(shown));
  setNote(noteOf(shown));
  showCount(shown);
  showLine(shown);
  showStock(shown);
  showWays(shown);
  showTimes(shown);
  document.title = titleOf(shown);
  const said = [words.stages[stage.kind].title, queue.phase === 'open' ? byId('estimate').textContent : ''];
  // Screen readers read each change: each stage once, and the estimate, which is coarse for this reason.
  if (isNew || stage.kind === 'waiting') setText('live', said.filter((part) => part !== '').join('. '));
}

/** The room's times, which may have changed since the page was rendered, and which of them have passed. */
function showTimes({ queue, nowMs, timeZone }: Shown): void {
  const times: Readonly<Record<string, string>> = {
    preQueue: queue.preQueueOpensAt,
    freeze: queue.freezesAt,
    open: queue.opensAt,
  };
  for (const step of document.querySelectorAll<HTMLElement>('[data-step]')) {
    const at = times[step.dataset['step'] ?? ''];
    const shown = step.querySelector('time');
    if (at === undefined || shown === null) continue;
    if (shown.dateTime !== at) {
      const clock = formatClockIn(at, timeZone, pageLanguage);
      shown.textContent = `${formatDate(at, timeZone, pageLanguage, 'medium')}, ${clock}`;
      shown.dateTime = at;
    }
    step.toggleAttribute('data-past', Date.parse(at) <= nowMs);
  }
}

function textOf({ stage, queue, held, timeZone }: Shown): string {
  if (stage.kind === 'passed') {
    const { expiresAt } = stage;
    const time = formatClockIn(expiresAt, timeZone, pageLanguage);
    return words.passUntil(time, held.place?.address.text ?? '');
  }
  if (stage.kind === 'lapsed') {
    const minutes = Math.round(queue.turnSeconds / 60);
    return `${lapsed.after(minutes)} ${queue.phase === 'open' ? lapsed.canRejoin : lapsed.mustWait}`;
  }
  if (stage.kind === 'unpaid')
    return `${words.stages.unpaid.text} ${queue.phase === 'open' ? lapsed.canRejoin : lapsed.mustWait}`;
  return words.stages[stage.kind].text;
}

function noteOf({ stage, queue, held }: Shown): string {
  if (stage.kind === 'not_yet') return held.buyer === undefined ? '' : words.confirmed;
  if (stage.kind === 'join') return queue.phase === 'pre_queue' ? '' : words.joinLate;
  if ((stage.kind === 'drawing' || stage.kind === 'drawn') && queue.isLate) return words.drawLate;
  if (stage.kind === 'drawn' && (queue.draw?.number ?? 1) > 1) return words.drawAgain;
  if (stage.kind === 'called') return queue.isPaused ? words.paused : '';
  if (stage.kind === 'waiting') return queue.isPaused ? words.paused : words.keepOpen;
  return '';
}

function setNote(text: string): void {
  show('stage-note', text !== '');
  setText('stage-note', text);
}

function showCount({ stage, queue, nowMs }: Shown): void {
  const [label, until] = countOf(stage, queue);
  const leftMs = Date.parse(until) - nowMs;
  show('count-line', label !== '' && leftMs > 0);
  setText('count-label', label);
  setText('count', leftText(leftMs));
}

function countOf(stage: Stage, queue: QueueView): readonly [string, string] {
  switch (stage.kind) {
    case 'not_yet':
      return [words.opensIn, queue.preQueueOpensAt];
    case 'join':
    case 'joined':
      return queue.phase === 'pre_queue' ? [words.drawIn, queue.freezesAt] : [words.saleIn, queue.opensAt];
    case 'drawing':
    case 'drawn':
      return [words.saleIn, queue.opensAt];
    case 'passed':
      return [words.passLeft, stage.expiresAt];
    default:
      return ['', ''];
  }
}

const withLine: readonly Stage['kind'][] = ['drawn', 'waiting', 'called', 'sold_out'];

function showLine({ stage, queue, position, nowMs }: Shown): void {
  const isShown = position !== undefined && withLine.includes(stage.kind);
  show('line', isShown);
  if (!isShown) return;
  const { ahead, seconds } = waitOf(queue, position, nowMs);
  setText('number', formatCount(position + 1, pageLanguage));
  setText('ahead', ahead === 0 ? words.nobodyAhead : formatCount(ahead, pageLanguage));
  const isWaiting = stage.kind === 'waiting';
  setText('estimate', stage.kind === 'drawn' ? words.estimateLater : estimateText(seconds, pageLanguage));
  show('progress', isWaiting);
  // In thousandths: a finer step is invisible.
  const done = Math.round(Math.min(servingNow(queue, nowMs) / Math.max(position, 1), 1) * 1000) / 1000;
  const bar = byId('progress', HTMLProgressElement);
  if (bar.value !== done) bar.value = done;
  const perMinute = queue.ratePerSecond * 60;
  const isCalling = isWaiting && !queue.isPaused && perMinute > 0;
  show('pace', isCalling);
  if (isCalling)
    setText(
      'pace',
      words.pace(formatCount(perMinute < 10 ? Number(perMinute.toFixed(1)) : Math.round(perMinute), pageLanguage)),
    );
}

const withStock: readonly Stage['kind'][] = ['joined', 'drawn', 'waiting', 'called', 'passed'];

function showStock({ stage, queue }: Shown): void {
  const isShown = withStock.includes(stage.kind);
  show('stock-line', isShown);
  setText('stock', bands[queue.stock]);
  byId('stock').className = `band band-${queue.stock}`;
}

/** The next step, if there is one. */
function showWays({ stage, queue, slug }: Shown): void {
  const go = byId('go', HTMLAnchorElement);
  const event = `/events/${slug}${languageQuery()}`;
  const ways: Partial<Record<Stage['kind'], readonly [string, string]>> = {
    passed: [words.order, `${event}#tickets`],
    over: [words.toEvent, event],
    all_sold: [words.toEvent, event],
    sale_over: [words.toEvent, event],
    spent:
      stage.kind === 'spent' && stage.orderId !== ''
        ? [words.openOrder, `/orders/${stage.orderId}${languageQuery()}`]
        : [words.findOrder, `/find-order${languageQuery()}`],
  };
  const way = ways[stage.kind];
  go.hidden = way === undefined;
  if (way !== undefined) {
    setText('go', way[0]);
    if (go.getAttribute('href') !== way[1]) go.setAttribute('href', way[1]);
  }
  show('rejoin', (stage.kind === 'lapsed' || stage.kind === 'unpaid') && queue.phase === 'open');
  show('other-line', stage.kind === 'lapsed' || stage.kind === 'spent' || stage.kind === 'unpaid');
}

/** The title of a hidden tab shows the stage. */
function titleOf({ stage, queue, title, nowMs }: Shown): string {
  if (stage.kind === 'called' || stage.kind === 'passed') return `● ${words.yourTurn} · ${title}`;
  if (stage.kind !== 'waiting') return title;
  return `${words.aheadShort(formatCount(waitOf(queue, stage.position, nowMs).ahead, pageLanguage))} · ${title}`;
}
