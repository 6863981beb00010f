import type { Seen } from './held-place.ts';
import type { DrawSummary } from './queue-view.ts';

/** Draws of one room that are remembered: a void one is rare, and a room has few. */
const seenMax = 5;

/**
 * Writes down what a draw was bound to when this browser first saw it. Afterwards nobody has to be believed that it was
 * there before the beacon's round. The same list when there is nothing new.
 */
export function noteSeen(seen: readonly Seen[], draw: DrawSummary | null, nowMs: number): readonly Seen[] {
  if (draw === null) return seen;
  const known = seen.find(({ number }) => number === draw.number);
  const { number, seedHash, beaconRound, merkleRoot } = draw;
  if (known === undefined) {
    const first: Seen = { number, seedHash, beaconRound, seenAt: nowMs };
    return [...seen, withRoot(first, merkleRoot, nowMs)].slice(-seenMax);
  }
  if (merkleRoot === undefined || known.merkleRoot !== undefined) return seen;
  return seen.map((one) => (one === known ? withRoot(known, merkleRoot, nowMs) : one));
}

function withRoot(seen: Seen, merkleRoot: string | undefined, nowMs: number): Seen {
  return merkleRoot === undefined ? seen : { ...seen, merkleRoot, rootSeenAt: nowMs };
}
