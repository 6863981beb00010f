import type { QueueView } from './queue-view.ts';
import type { Stage } from './stage.ts';

/** How the line moves between two requests, and when to ask again. Pure. */

/** After this long the line's progress is not extrapolated any more. */
const reckonMsMax = 90_000;
const lookSecondsMin = 2;
const lookSecondsMax = 60;
const jitter = 0.2;
/** A hidden page asks seldom, but must not miss its turn. */
const hiddenFactor = 3;
const hiddenSecondsMin = 10;
/** Pages that waited for the line to open join within this time, and not all at once: before the draw it makes no difference. */
const joinSpreadMs = 5000;
/** A page asks at least this many times during one turn. */
const looksPerTurn = 3;

/** A document is made each second and kept for some seconds. An older one says that the service cannot make another. */
const freshMsMax = 20_000;

/** The document as the page takes it: while the service cannot make a new one, nobody is called. */
export function asRead(queue: QueueView, nowMs: number): QueueView {
  return nowMs - Date.parse(queue.servingAt) > freshMsMax ? { ...queue, ratePerSecond: 0 } : queue;
}

/** How many positions have been called, estimated at `nowMs`. */
export function servingNow(queue: QueueView, nowMs: number): number {
  if (queue.phase !== 'open') return queue.serving;
  const elapsedMs = Math.min(Math.max(nowMs - Date.parse(queue.servingAt), 0), reckonMsMax);
  return Math.min(queue.serving + (queue.ratePerSecond * elapsedMs) / 1000, queue.places);
}

export type Wait = {
  /** Number of positions that are called before this one. */
  readonly ahead: number;
  /** The wait at the present rate; undefined while nobody is called. */
  readonly seconds: number | undefined;
};

export function waitOf(queue: QueueView, position: number, nowMs: number): Wait {
  const ahead = Math.max(0, Math.ceil(position - servingNow(queue, nowMs)));
  const isCalling = queue.phase === 'open' && !queue.isPaused && queue.ratePerSecond > 0;
  return { ahead, seconds: isCalling ? ahead / queue.ratePerSecond : undefined };
}

/**
 * Milliseconds until the next request: a quarter of the remaining time, between 2 and 60 seconds, with a fifth of
 * jitter, and at least three times in a turn. Undefined if nothing will change any more.
 * @param around.random between 0 and 1
 */
export function lookAgainMs(
  queue: QueueView,
  stage: Stage,
  around: { readonly nowMs: number; readonly isHidden: boolean; readonly random: number },
): number | undefined {
  const seconds = secondsToLook(queue, stage, around.nowMs);
  if (seconds === undefined) return undefined;
  const secondsMax = Math.min(lookSecondsMax, queue.turnSeconds / looksPerTurn);
  const calm = around.isHidden ? Math.max(seconds * hiddenFactor, hiddenSecondsMin) : seconds;
  const clamped = Math.min(Math.max(calm, lookSecondsMin), secondsMax);
  return Math.round(clamped * 1000 * (1 - jitter + 2 * jitter * around.random));
}

/**
 * Milliseconds until a confirmed buyer joins.
 * @param before what the page showed before joining became possible
 */
export function joinAfterMs(before: Stage['kind'] | undefined, random: number): number {
  return before === 'not_yet' ? Math.round(joinSpreadMs * random) : 0;
}

function secondsToLook(queue: QueueView, stage: Stage, nowMs: number): number | undefined {
  switch (stage.kind) {
    case 'over':
    case 'all_sold':
    case 'sale_over':
    case 'spent':
      return undefined;
    case 'called':
      return lookSecondsMin;
    case 'passed':
    case 'lapsed':
    case 'unpaid':
      return lookSecondsMax;
    case 'waiting': {
      const { seconds } = waitOf(queue, stage.position, nowMs);
      return seconds === undefined ? lookSecondsMax : seconds / 4;
    }
    default:
      return Math.min(queue.pollSeconds, secondsToSeeRoot(queue, nowMs));
  }
}

/**
 * The list's root is published between the freeze and the beacon's round. A browser that reads it then can later show that
 * it was not chosen afterwards.
 */
function secondsToSeeRoot({ draw }: QueueView, nowMs: number): number {
  if (draw?.state !== 'frozen' || draw.merkleRoot !== undefined) return lookSecondsMax;
  const left = (Date.parse(draw.beaconRoundAt) - nowMs) / 1000;
  return left > 0 ? left / 2 : lookSecondsMax;
}
