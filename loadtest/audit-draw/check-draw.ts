import { type Chain, signedByChain } from './beacon.ts';
import { fromHex, sha256 } from './hashing.ts';
import { hashOfSeed, keyOfDraw } from './key.ts';
import { type PublishedDocument, type PublishedDraw, readRound } from './published.ts';
import { treeHead } from './tree.ts';
import type { Verdicts } from './verdicts.ts';

const ms = (time: string | null) => (time === null ? Number.NaN : Date.parse(time));

/** A draw with all its data published. */
export type FinishedDraw = {
  readonly key: Uint8Array;
  readonly places: number;
  readonly voided: readonly number[];
  readonly root: Uint8Array;
};

/** Checks that the list was fixed before the beacon's value could be known. */
export function checkList(draw: PublishedDraw, leaves: Uint8Array, verdicts: Verdicts): void {
  const { places, merkleRoot, frozenAt, rootedAt, beaconRoundAt } = draw;
  verdicts.check('frozen in time', ms(frozenAt) < ms(beaconRoundAt), `${frozenAt}, the round came ${beaconRoundAt}`);
  verdicts.check('rooted in time', ms(rootedAt) < ms(beaconRoundAt), `${rootedAt}, the round came ${beaconRoundAt}`);
  verdicts.check('leaves', leaves.length === (places ?? -1) * 32, `${leaves.length / 32} for ${places} places`);
  const head = treeHead((index) => leaves.subarray(index * 32, index * 32 + 32), 0, leaves.length / 32);
  verdicts.check(
    'root',
    Buffer.from(head).toString('hex') === merkleRoot,
    `of all leaves: ${merkleRoot?.slice(0, 16)}...`,
  );
}

/** Checks seed, beacon value and key. Undefined while the draw is not finished. */
export async function checkKey(
  document: PublishedDocument,
  draw: PublishedDraw,
  chain: Chain,
  verdicts: Verdicts,
): Promise<FinishedDraw | undefined> {
  const { seed, merkleRoot, beaconSignature, beaconRandomness, drawKey, places, voidedPlaces } = draw;
  if (seed === null || merkleRoot === null || places === null || voidedPlaces === null) {
    verdicts.open('seed', 'not revealed yet');
    return undefined;
  }
  verdicts.check('seed', hashOfSeed(fromHex(seed)).toString('hex') === draw.seedHash, 'the one committed to');
  const { revealWithinSeconds } = document.rules;
  const revealSeconds = (ms(draw.revealedAt) - ms(draw.beaconRoundAt)) / 1000;
  const isInTime = revealSeconds >= 0 && revealSeconds <= revealWithinSeconds;
  verdicts.check(
    'seed in time',
    isInTime,
    `${revealSeconds.toFixed(1)} s after the round, ${revealWithinSeconds} s allowed`,
  );
  if (beaconSignature === null || beaconRandomness === null || drawKey === null) {
    verdicts.open('beacon value', 'not known yet');
    return undefined;
  }
  const signature = fromHex(beaconSignature);
  verdicts.check(
    'beacon signature',
    signedByChain(chain, draw.beaconRound, signature),
    `of round ${draw.beaconRound}, by the chain's key`,
  );
  verdicts.check('beacon value', sha256(signature).toString('hex') === beaconRandomness, 'the hash of that signature');
  const outside = await readRound(document.beacon.urls, draw.beaconChain, draw.beaconRound);
  if (outside === undefined) verdicts.note('beacon relay', 'none answers now; the signature speaks for itself');
  else verdicts.check('beacon relay', outside.equals(signature), 'asked past the service, gives the same signature');
  const root = fromHex(merkleRoot);
  const { eventId } = document;
  const randomness = fromHex(beaconRandomness);
  const key = keyOfDraw({
    eventId,
    number: draw.number,
    seed: fromHex(seed),
    randomness,
    root,
    places,
    voided: voidedPlaces,
  });
  verdicts.check('draw key', key.toString('hex') === drawKey, `${drawKey.slice(0, 16)}...`);
  return { key, places, voided: voidedPlaces, root };
}
