import type { QueueView } from './queue-view.ts';
import type { Stage } from './stage.ts';

/** How the line moves between two looks, and when to look again. Pure. */

/** Beyond this nobody knows how the line moved: a page that was away does not make it up. */
const reckonMsMax = 90_000;
const lookSecondsMin = 2;
const lookSecondsMax = 60;
const jitter = 0.2;
/** A hidden page is in no hurry, but it must not sleep through its turn. */
const hiddenFactor = 3;
const hiddenSecondsMin = 10;
/** Least number of checks for one's turn while the turn lasts. */
const looksPerTurn = 3;

/** How many positions have been called, as reckoned at `nowMs`. */
export function servingNow(queue: QueueView, nowMs: number): number {
  if (queue.phase !== 'open') return queue.serving;
  const elapsedMs = Math.min(Math.max(nowMs - Date.parse(queue.servingAt), 0), reckonMsMax);
  return Math.min(queue.serving + (queue.ratePerSecond * elapsedMs) / 1000, queue.places);
}

export type Wait = {
  /** Positions that are called before this one. */
  readonly ahead: number;
  /** At the rate of now; undefined while nobody is called. */
  readonly seconds: number | undefined;
};

export function waitOf(queue: QueueView, position: number, nowMs: number): Wait {
  const ahead = Math.max(0, Math.ceil(position - servingNow(queue, nowMs)));
  const isCalling = queue.phase === 'open' && !queue.isPaused && queue.ratePerSecond > 0;
  return { ahead, seconds: isCalling ? ahead / queue.ratePerSecond : undefined };
}

/**
 * When to look at the document again, in milliseconds: after a quarter of the time that is left, between 2 and 60 seconds,
 * spread by a fifth, and at least three times within a turn. Undefined when nothing will change any more.
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

function secondsToLook(queue: QueueView, stage: Stage, nowMs: number): number | undefined {
  switch (stage.kind) {
    case 'over':
    case 'spent':
      return undefined;
    case 'called':
      return lookSecondsMin;
    case 'passed':
    case 'lapsed':
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
 * Between the freeze and the beacon's round the list's root is published: every browser that looks then is a witness that
 * it was not chosen afterwards.
 */
function secondsToSeeRoot({ draw }: QueueView, nowMs: number): number {
  if (draw?.state !== 'frozen' || draw.merkleRoot !== undefined) return lookSecondsMax;
  const left = (Date.parse(draw.beaconRoundAt) - nowMs) / 1000;
  return left > 0 ? left / 2 : lookSecondsMax;
}
