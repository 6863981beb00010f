/** What a window said about the limit. */
export type Signals = {
  /** Slots in use that only wait: Vegas' estimate. */
  readonly queue: number;
  /** The unit of all thresholds and steps. */
  readonly unit: number;
  /** Somebody had to wait or was refused in the window. */
  readonly isFull: boolean;
  /** More than half of the limit was in use at the peak. */
  readonly isUsed: boolean;
  /** Of what was asked, more failed than may. */
  readonly isFailing: boolean;
  /** Answers come so soon that nobody gains by being refused. */
  readonly isQuick: boolean;
  /** How late they come, by twice what is tolerated; 0 where nothing is said of that. */
  readonly lateness: number;
  /** What one per cent more in flight brings, in per cent of answers; undefined when unknown. */
  readonly gain: number | undefined;
};

/** `probe`: go on in the last direction, only to learn what it does. */
export type LimitChange = 'raise' | 'lower' | 'hold' | 'probe';

const queueRaiseBelow = 3;
const queueLowerAbove = 6;
/** Less than this, more in flight mostly waits; more, and it is worth having. */
const gainMin = 0.3;
/** Answers grow about as what is in flight does: late as they are, they do not wait for each other. */
const gainInProportion = 0.8;

/**
 * Which way a limit goes. The queue rules are TCP Vegas' (Brakmo, Peterson 1995, with the thresholds of Netflix'
 * concurrency-limits): a long queue lowers, a short one raises. They compare with a baseline that follows the present,
 * so in a long overload they see no queue at all, and alone they would raise the limit for ever. Between them stands what
 * failsafe-go and Uber's Cinnamon guard with, the relation of calls in flight to throughput: where more in flight brings
 * no more answers the limit goes down, whatever the baseline has become.
 */
export function limitChange(signals: Signals): LimitChange {
  const { queue, unit, isFull, isUsed, isFailing, isQuick, lateness, gain } = signals;
  if (isFailing) return 'lower';
  if (isQuick) return isUsed ? 'raise' : 'hold';
  if (queue > queueLowerAbove * unit) return 'lower';
  const hasShortQueue = queue < queueRaiseBelow * unit;
  if (!isFull) return isUsed && hasShortQueue ? 'raise' : 'hold';
  if (gain !== undefined && gain < gainMin) return 'lower';
  if (lateness > 1 && !(gain !== undefined && gain > gainInProportion)) return 'lower';
  if (!hasShortQueue) return 'hold';
  return gain === undefined ? 'probe' : 'raise';
}
