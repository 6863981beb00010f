import { joinWords } from '../i18n/words/queue/queue-join.ts';
import { queueWords } from '../i18n/words/queue/queue.ts';
import { type Answer, askedBy, call } from './shared/calls/api.ts';
import { byId, setText, show } from './shared/dom.ts';
import { setMessage } from './shared/forms/form-faults.ts';
import { follow } from './shared/calls/live.ts';
import { pageLanguage } from './shared/page-language.ts';
import { outlivesPage, pageStorage } from './shared/page-storage.ts';
import { poll } from './shared/calls/poll.ts';
import { refusalText, waitingText } from './shared/forms/refusal-text.ts';
import { serverNow } from './shared/calls/server-clock.ts';
import { backOff, pause, spread } from './shared/calls/waiting.ts';
import { fromHex } from './queue/bytes.ts';
import { exchangePlace } from './queue/exchange-place.ts';
import { type Held, heldPlace, leavePlace, withoutExpired } from './queue/held-place.ts';
import { showJoinForms, watchJoinForms } from './queue/join-forms.ts';
import { joinPlace } from './queue/join-place.ts';
import { positionOf } from './queue/position.ts';
import { asRead, joinAfterMs, lookAgainMs } from './queue/progress.ts';
import type { QueueView } from './queue/queue-view.ts';
import { showStage } from './queue/show-stage.ts';
import { type Stage, stageOf } from './queue/stage.ts';
import { watchVerifyPanel } from './queue/verify-panel.ts';
import { recordCommitments } from './queue/record-commitments.ts';

/**
 * The page of a waiting room. All buyers read one document, and the browser computes the position of its place from what
 * the draw published. Each buyer sends only three requests: for a code, a place, and a pass.
 */

const words = queueWords[pageLanguage];
const { slug = '', timeZone = 'UTC', name = '' } = document.querySelector<HTMLElement>('[data-slug]')?.dataset ?? {};
const mine = heldPlace(slug, pageStorage('localStorage'));
const tickMs = 1000;
/** A confirmation is valid for a day. One this close to its end would have to be repeated. */
const confirmAheadMs = 20 * 3_600_000;
/** If nobody watches the page, the turn is used after this part of it, so that the pass lasts long. */
const unseenShare = 0.5;
/** How often the order of a used place is read, while changes of the line arrive. */
const orderEveryMs = 60_000;

let queue: QueueView | undefined;
let etag: string | undefined;
let failures = 0;
let calledAt: number | undefined;
let isJoining = false;
let orderLookAt = 0;
let shownKind: Stage['kind'] | undefined;
let drawn: { readonly of: string; readonly position: number } | undefined;

/** The document that the stream has sent, until it is shown. */
let sent: QueueView | undefined;
/** How often the document is read while the stream sends its changes. */
const lookWithStreamMs = 45_000;

const watch = poll(look, { alsoHidden: true });
const live = follow(`/v1/events/${slug}/stream`, {
  alsoHidden: true,
  onEvent: (name, data) => {
    if (name !== 'queue') return;
    sent = data as QueueView;
    watch.now();
  },
  onState: () => watch.now(),
});
show('not-kept', !outlivesPage());
watchJoinForms(slug, mine, changed);
watchVerifyPanel(slug, () => ({ held: mine.read(), shown: positionNow() }));
byId('other-address').addEventListener('click', () => {
  const { seen = [] } = mine.read();
  mine.write({ seen });
  changed();
  byId('stage-title').focus();
});
byId('rejoin').addEventListener('click', () => {
  mine.write(leavePlace(mine.read(), serverNow()));
  changed();
  byId('stage-title').focus();
});
setInterval(() => !document.hidden && tick(), tickMs);
for (const name of ['online', 'storage'] as const) window.addEventListener(name, () => watch.now());
window.addEventListener('pageshow', ({ persisted }) => persisted && watch.now());

/** Call this when something stored has changed. It updates the page and takes the next step. */
function changed(): void {
  present();
  watch.now();
}

/** The document of the stream, otherwise that of the API. */
async function read(): Promise<Answer<QueueView>> {
  if (sent === undefined) {
    return call<QueueView>('GET', `/v1/events/${slug}/queue`, {
      deadlineMs: 8000,
      ...(etag === undefined ? {} : { headers: { 'if-none-match': etag } }),
    });
  }
  const body = sent;
  sent = undefined;
  return { kind: 'ok', status: 200, body, etag: null, isKept: false, retryAfterMs: undefined };
}

async function look(): Promise<number | undefined> {
  const answer = await read();
  if (answer.kind === 'refused' || answer.kind === 'unreachable') {
    failures += 1;
    const askedMs = askedBy(answer);
    sayAway(answer.kind === 'refused' ? words.slow : words.offline);
    present();
    return backOff(failures, { firstMs: 2000, ceilingMs: 60_000, askedMs, random: Math.random() });
  }
  failures = 0;
  sayAway('');
  if (answer.kind === 'ok') {
    queue = asRead(answer.body, serverNow());
    etag = answer.etag ?? undefined;
  }
  if (queue === undefined) return 0;
  remember(queue);
  const askedMs = await act(queue);
  present();
  const { nowMs, stage } = standing(queue);
  const wantedMs = lookAgainMs(queue, stage, { nowMs, isHidden: document.hidden, random: Math.random() });
  if (wantedMs === undefined) return undefined;
  // The turn is taken by time and does not wait for the stream.
  const isSparse = live.isOpen() && stage.kind !== 'called';
  return Math.max(wantedMs, askedMs, isSparse ? spread(lookWithStreamMs, Math.random()) : 0);
}

/**
 * Takes the step that the stage requires.
 * @returns milliseconds that the service asked to wait
 */
async function act(queue: QueueView): Promise<number> {
  const { stage, held, nowMs } = standing(queue);
  if (stage.kind === 'join' && held.buyer !== undefined && !isJoining)
    void join(held.buyer, queue, joinAfterMs(shownKind, Math.random()));
  if (stage.kind === 'spent') await lookAtOrder(stage.orderId);
  if (stage.kind !== 'called') {
    calledAt = undefined;
    return 0;
  }
  calledAt ??= nowMs;
  // The buyer must be present: an unattended page would count as a buyer who is about to order.
  if (document.hidden && nowMs - calledAt < queue.turnSeconds * 1000 * unseenShare) return 0;
  const exchanged = await exchangePlace(slug, held);
  if (exchanged.kind === 'again') return exchanged.askedMs;
  mine.write(exchanged.held);
  if (exchanged.kind === 'invalid') setMessage('form-message', words.placeInvalid);
  return 0;
}

/** The order opens by the cookie that its page has set, in this browser alone. */
async function lookAtOrder(orderId: string): Promise<void> {
  if (orderId === '' || performance.now() < orderLookAt) return;
  orderLookAt = performance.now() + orderEveryMs;
  const answer = await call<{ status: string }>('GET', `/v1/orders/${orderId}`);
  if (answer.kind === 'ok' && ['expired', 'cancelled'].includes(answer.body.status))
    mine.write({ ...mine.read(), isUnpaid: true });
}

async function join(
  buyer: NonNullable<Held['buyer']>,
  { challengeDifficulty }: QueueView,
  afterMs: number,
): Promise<void> {
  isJoining = true;
  await pause(afterMs);
  const { insteadOf } = mine.read();
  const joined = await joinPlace(
    { slug, token: buyer.token, difficulty: challengeDifficulty, ...(insteadOf === undefined ? {} : { insteadOf }) },
    {
      onWork: (share) => {
        show('work', share !== undefined);
        byId('work-done', HTMLProgressElement).value = share ?? 0;
      },
      onWait: (problem) =>
        setMessage('form-message', problem === undefined ? words.offline : waitingText(problem), 'wait'),
    },
  );
  isJoining = false;
  setMessage('form-message', '');
  const { buyer: now, insteadOf: _left, ...held } = mine.read();
  if (joined.kind === 'place') {
    const { placeToken, index, accountKey, salt } = joined.place;
    const { token, expiresAt, address } = buyer;
    const confirmed = { token, expiresAt };
    mine.write({ ...held, place: { token: placeToken, index, accountKey, salt, address, confirmed } });
  } else if (joined.kind === 'refused') {
    // A full line may have room later. Any other refusal needs a new confirmation.
    const later = { ...held, buyer: now ?? buyer, ...(insteadOf === undefined ? {} : { insteadOf }) };
    if (joined.problem.code === 'queue.not_open') mine.write(later);
    else mine.write(held);
    setMessage('form-message', refusalText(joined.problem));
  } else {
    setMessage('form-message', joined.kind === 'unknown_work' ? joinWords[pageLanguage].unknownWork : words.slow);
  }
  changed();
}

function remember({ draw }: QueueView): void {
  const held = mine.read();
  const seen = held.seen ?? [];
  const noted = recordCommitments(seen, draw, serverNow());
  if (noted !== seen) mine.write({ ...held, seen: noted });
}

function standing(queue: QueueView) {
  const nowMs = Math.max(serverNow(), Date.parse(queue.servingAt));
  const held = withoutExpired(mine.read(), nowMs);
  const position = positionNow();
  return { nowMs, held, position, stage: stageOf(queue, held, position, nowMs) };
}

/** The position of this browser's place. It is computed once for each draw, because it does not change. */
function positionNow(): number | undefined {
  const index = mine.read().place?.index;
  const { frozenPlaces, drawKey } = queue?.draw ?? {};
  if (index === undefined || frozenPlaces === undefined || frozenPlaces === null) return undefined;
  if (index >= frozenPlaces) return index;
  if (drawKey === undefined) return undefined;
  const of = `${drawKey} ${frozenPlaces} ${index}`;
  if (drawn?.of !== of) drawn = { of, position: positionOf(fromHex(drawKey), frozenPlaces, index) };
  return drawn.position;
}

function present(): void {
  if (queue === undefined) return;
  const { nowMs, held, position, stage } = standing(queue);
  showStage({ queue, held, stage, position, nowMs, slug, timeZone, title: name });
  const isOpen = stage.kind === 'join';
  const isSoon = stage.kind === 'not_yet' && Date.parse(queue.preQueueOpensAt) - nowMs < confirmAheadMs;
  showJoinForms(held, { canJoin: isOpen || isSoon, isOpen });
  shownKind = stage.kind;
}

/**
 * Handles a change by time alone, such as the end of a pass, without waiting for the next request. A change that the document
 * brought needs no request: all pages would send it at the same moment.
 */
function tick(): void {
  const before = shownKind;
  present();
  if (before !== undefined && before !== shownKind) watch.now();
}

function sayAway(text: string): void {
  show('away', text !== '');
  setText('away', text);
}
