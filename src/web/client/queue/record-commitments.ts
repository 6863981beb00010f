import type { Seen } from './held-place.ts';
import type { DrawSummary } from './queue-view.ts';

/** Draws remembered per room. Void draws are rare, so a room has few draws. */
const seenMax = 5;

/**
 * Records a draw's commitments when this browser first sees them. The verification then need not trust anybody that they
 * existed before the beacon's round. Returns the same list if there is nothing new.
 */
export function recordCommitments(seen: readonly Seen[], draw: DrawSummary | null, nowMs: number): readonly Seen[] {
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
