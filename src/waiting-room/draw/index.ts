/**
 * The draw: it decides the order of the line, and anybody can verify it afterwards (docs/features/draw.md).
 *
 * Promises
 * 1. A published hash commits to the seed before the pre-queue opens, and a published root commits to the list before the
 *    beacon's round exists. After that nobody can choose the order, and neither can we.
 * 2. Anybody can compute the key, the order and their own position from what is published.
 * 3. A draw that breaks its own rules is void, in public, and the next number is committed to.
 *
 * A draw's life
 *
 *   commitDraw --> committed --freezePlaces--> frozen --completeDraw--> drawn
 *                      |                         |   (leaves, root | the round's time | seed | beacon value, key)
 *                      +-------voidDraw----------+--> void, and the next number is committed (and frozen, if this one was)
 */
export { type BeaconChain, beaconChainOf } from './beacon/beacon-chain.ts';
export { createBeacon } from './beacon/beacon.ts';
export { commitDraw } from './commit-draw.ts';
export { completeDraw } from './complete-draw.ts';
export type { CommitDeps, DrawDeps } from './deps.ts';
export { drawKeyOf, seedHashOf } from './order/draw-key.ts';
export { freezePlaces } from './freeze-places.ts';
export { leafOf, proofOf, rootOf, rootOfProof } from './tree/merkle.ts';
export { placeSalt } from './order/draw-key.ts';
export { type DrawnRoom, indexAt, positionOf } from './order/position-of.ts';
export { findCurrentDraw } from './queries.ts';
