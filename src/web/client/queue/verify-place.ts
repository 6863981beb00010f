import { fromHex, sha256, toHex } from './bytes.ts';
import type { Held, Seen } from './held-place.ts';
import { positionOf } from './position.ts';
import { drawKeyOf, leafOf, rootOfPath, seedHashOf } from './proof.ts';
import type { DrawsView, ProofView, PublishedDraw } from './queue-view.ts';

/**
 * Repeats the draw of a room for one place, from published data and what this browser has recorded. Pure. The check of the
 * beacon's signature is passed in, because its code is large.
 */

/** The steps, in the order in which they happened. */
const checkNames = ['seed', 'promise', 'list', 'root', 'times', 'beacon', 'key', 'position'] as const;
export type CheckName = (typeof checkNames)[number];
/** `open`: there is no contradiction, but this browser cannot tell. */
export type Verdict = 'right' | 'wrong' | 'open';
export type Check = { readonly name: CheckName; readonly verdict: Verdict };

export type DrawnPlace = {
  readonly checks: readonly Check[];
  /** As computed here, counted from 0. */
  readonly position: number;
  readonly places: number;
  readonly number: number;
  /** The beacon's chain, and whether it is drand's public one. */
  readonly isPublicBeacon: boolean;
};

/** Drand's quicknet, which anybody can look up elsewhere. */
const publicChain = '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971';
const publicKey =
  '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a';

type IsRoundSigned = (publicKey: string, round: number, signature: string) => boolean;

/**
 * Undefined until the last draw is done.
 * @param proof of the place; undefined for a place after the freeze
 * @param shown the position that the page has shown, counted from 0
 */
export function verifyPlace(
  published: DrawsView,
  proof: ProofView | undefined,
  mine: {
    readonly place: NonNullable<Held['place']>;
    readonly seen: readonly Seen[];
    readonly shown: number | undefined;
  },
  isRoundSigned: IsRoundSigned,
): DrawnPlace | undefined {
  const draw = finished(published.draws[published.draws.length - 1]);
  if (draw === undefined) return undefined;
  const { place } = mine;
  const seen = mine.seen.find(({ number }) => number === draw.number);
  const key = drawKeyOf({
    eventId: published.eventId,
    number: draw.number,
    seed: fromHex(draw.seed),
    beaconRandomness: fromHex(draw.beaconRandomness),
    merkleRoot: fromHex(draw.merkleRoot),
    places: draw.places,
    voidedPlaces: draw.voidedPlaces,
  });
  const position = positionOf(key, draw.places, place.index);
  const isPublicBeacon = published.beacon.chain === publicChain && published.beacon.publicKey === publicKey;
  const verdicts: Record<CheckName, Verdict> = {
    seed: rightIf(toHex(seedHashOf(fromHex(draw.seed))) === draw.seedHash),
    promise: promiseVerdict(draw, seen),
    list: listVerdict(published.eventId, draw, place, proof),
    root: rootVerdict(draw, seen),
    times: timesVerdict(published, draw),
    beacon: rightIf(
      toHex(sha256(fromHex(draw.beaconSignature))) === draw.beaconRandomness &&
        isRoundSigned(published.beacon.publicKey, draw.beaconRound, draw.beaconSignature),
    ),
    key: rightIf(toHex(key) === draw.drawKey),
    position: mine.shown === undefined ? 'open' : rightIf(position === mine.shown),
  };
  return {
    checks: checkNames.map((name) => ({ name, verdict: verdicts[name] })),
    position,
    places: draw.places,
    number: draw.number,
    isPublicBeacon,
  };
}

const rightIf = (isRight: boolean): Verdict => (isRight ? 'right' : 'wrong');

/** Seed hash and round are those that this browser saw before the round's time. */
function promiseVerdict(draw: FinishedDraw, seen: Seen | undefined): Verdict {
  if (seen === undefined) return 'open';
  if (seen.seedHash !== draw.seedHash || seen.beaconRound !== draw.beaconRound) return 'wrong';
  return seen.seenAt < Date.parse(draw.beaconRoundAt) ? 'right' : 'open';
}

/** The list's root is the one that this browser saw before the round's time. */
function rootVerdict(draw: FinishedDraw, seen: Seen | undefined): Verdict {
  if (seen?.merkleRoot === undefined || seen.rootSeenAt === undefined) return 'open';
  if (seen.merkleRoot !== draw.merkleRoot) return 'wrong';
  return seen.rootSeenAt < Date.parse(draw.beaconRoundAt) ? 'right' : 'open';
}

/** The place's entry, made here from the holder's salt, leads to the published root. */
function listVerdict(
  eventId: string,
  draw: FinishedDraw,
  place: NonNullable<Held['place']>,
  proof: ProofView | undefined,
): Verdict {
  if (place.index >= draw.places) return 'open';
  if (proof === undefined) return 'wrong';
  const leaf = leafOf(eventId, place.index, fromHex(place.salt), place.accountKey);
  const root = rootOfPath(leaf, place.index, draw.places, proof.siblings.map(fromHex));
  return rightIf(root !== undefined && toHex(root) === draw.merkleRoot);
}

/**
 * The commitments were made, frozen and hashed before the beacon's round, and the round's time is the chain's. A draw after
 * a void one takes over the frozen list, so its commitment may be younger than the list.
 */
function timesVerdict({ beacon }: DrawsView, draw: FinishedDraw): Verdict {
  const roundAt = (beacon.genesis + (draw.beaconRound - 1) * beacon.periodSeconds) * 1000;
  const [committed = NaN, frozen = NaN, rooted = NaN] = [draw.committedAt, draw.frozenAt, draw.rootedAt].map(
    Date.parse,
  );
  const isPromisedFirst = committed <= frozen || draw.number > 1;
  const isInTime = Math.max(committed, frozen, rooted) < roundAt && frozen <= rooted;
  return rightIf(isPromisedFirst && isInTime && roundAt === Date.parse(draw.beaconRoundAt));
}

type Known<Type> = { readonly [Name in keyof Type]: NonNullable<Type[Name]> };
type FinishedDraw = Known<PublishedDraw>;

const needed = [
  'frozenAt',
  'places',
  'voidedPlaces',
  'merkleRoot',
  'rootedAt',
  'seed',
  'beaconSignature',
  'beaconRandomness',
  'drawKey',
] as const satisfies readonly (keyof PublishedDraw)[];

function finished(draw: PublishedDraw | undefined): FinishedDraw | undefined {
  if (draw?.state !== 'drawn' || needed.some((name) => draw[name] === null)) return undefined;
  return draw as FinishedDraw;
}
