/** The observations of a window. */
export type Signals = {
  /** Slots in use whose calls only wait (Vegas' estimate). */
  readonly queue: number;
  /** The unit of all thresholds and steps. */
  readonly unit: number;
  /** A call waited or was refused in the window. */
  readonly isFull: boolean;
  /** More than half of the limit was in use at the peak. */
  readonly isUsed: boolean;
  /** More calls failed than allowed. */
  readonly isFailing: boolean;
  /** Answers are so fast that refusing helps nobody. */
  readonly isQuick: boolean;
  /** How late answers are, in multiples of twice the tolerated time; 0 without a tolerated time. */
  readonly lateness: number;
  /** Per cent more answers for one per cent more calls in flight; undefined if unknown. */
  readonly gain: number | undefined;
};

/** `probe`: continue in the last direction, only to learn its effect. */
export type LimitChange = 'raise' | 'lower' | 'hold' | 'probe';

const queueRaiseBelow = 3;
const queueLowerAbove = 6;
/** Below this slope, more calls in flight mostly wait. Above it, they bring answers. */
const gainMin = 0.3;
/** Answers grow about as fast as calls in flight: they may be late, but they do not wait for each other. */
const gainInProportion = 0.8;

/**
 * The direction in which a limit moves. The queue rules are those of TCP Vegas (Brakmo, Peterson 1995, with the
 * thresholds of Netflix' concurrency-limits): a long queue lowers the limit, a short one raises it. They compare with a
 * baseline that follows the present. In a long overload they therefore see no queue, and alone they would raise the
 * limit for ever. A second guard stands between them, as in failsafe-go and Uber's Cinnamon: the relation of calls in
 * flight to throughput. Where more calls in flight bring no more answers, the limit goes down, whatever the baseline
 * has become.
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
