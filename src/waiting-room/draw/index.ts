/**
 * The draw: who stands where in the line, decided so that anybody can check it afterwards (docs/draw.md).
 *
 * Promises
 *  1. The seed is bound by a published hash before the pre-queue opens, the list by a published root before the beacon's
 *     round exists; after that nobody, we included, can choose the order.
 *  2. From what is published anybody computes the key, the order, and the own place.
 *  3. A draw that breaks its own rules is void, in public, and the next number is committed to.
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
export { type DrawRow, findCurrentDraw } from './queries.ts';
