import { type Chain, chainName, quicknet, roundTime } from './beacon.ts';
import { fromHex } from './hashing.ts';
import { hashOfSeed } from './key.ts';
import { type PublishedDocument, type PublishedDraw, readChainInfo } from './published.ts';
import type { Verdicts } from './verdicts.ts';

const ms = (time: string) => Date.parse(time);
const knownReasons = ['rescheduled', 'freeze_late', 'root_late', 'seed_late', 'seed_lost', 'beacon_missing'];
/** If two clocks differ by more than this, their times cannot be compared. */
const clockToleranceSeconds = 5;

/** Checks which chain the draws are committed to, and who operates it. */
export async function checkChain({ beacon, draws }: PublishedDocument, verdicts: Verdicts): Promise<Chain> {
  const last = draws.at(-1);
  if (last?.beaconChain === quicknet.hash) {
    verdicts.check('beacon', true, "drand's quicknet, run by the League of Entropy; its key is known here");
    return quicknet;
  }
  const { publicKey, genesis, periodSeconds } = beacon;
  const chain = { hash: beacon.chain, publicKey, genesis, periodSeconds };
  verdicts.check(
    'beacon',
    last?.beaconChain === beacon.chain,
    `chain ${beacon.chain.slice(0, 16)}... of ${beacon.urls.join(', ')}`,
  );
  const info = await readChainInfo(beacon.urls, beacon.chain);
  if (info === undefined)
    verdicts.note('beacon key', 'no relay answers, so that the key belongs to the chain is not checked');
  else {
    const isNamed = chainName(chain, info.groupHash, info.metadata.beaconID) === beacon.chain;
    verdicts.check(
      'beacon key',
      isNamed && info.public_key === publicKey,
      'the chain is named by this key, genesis and period',
    );
  }
  verdicts.note(
    'beacon owner',
    "this is not drand's quicknet: whoever holds this chain's key knows its values before others do",
  );
  return chain;
}

export function checkClock(clockAheadSeconds: number, verdicts: Verdicts): void {
  const apart = `${Math.abs(clockAheadSeconds).toFixed(1)} s`;
  if (Math.abs(clockAheadSeconds) <= clockToleranceSeconds)
    verdicts.check('clocks', true, `the service's and ours are ${apart} apart`);
  else verdicts.note('clocks', `the service's and ours are ${apart} apart; one of them is wrong`);
}

/** Checks the commitments and their times for every draw, void ones included. */
export function checkCommitments(document: PublishedDocument, chain: Chain, verdicts: Verdicts): void {
  const { draws, preQueueOpensAt, rules } = document;
  const [first] = draws;
  const isEarly = first !== undefined && ms(first.committedAt) < ms(preQueueOpensAt);
  verdicts.check(
    'committed first',
    isEarly,
    `draw 1 at ${first?.committedAt ?? 'never'}, pre-queue from ${preQueueOpensAt}`,
  );
  const isCounted = draws.every(
    ({ number, state }, at) => number === at + 1 && (at === draws.length - 1 || state === 'void'),
  );
  verdicts.check('one draw counts', isCounted, `${draws.length} committed; all but the last are void`);
  for (const draw of draws) {
    const name = `draw ${draw.number}`;
    const leadSeconds = (ms(draw.beaconRoundAt) - ms(draw.committedAt)) / 1000;
    const isAtItsTime =
      draw.beaconChain !== chain.hash || ms(draw.beaconRoundAt) === roundTime(chain, draw.beaconRound);
    verdicts.check(
      `${name}: round`,
      isAtItsTime && leadSeconds >= rules.leadSeconds,
      `round ${draw.beaconRound} comes ${draw.beaconRoundAt}, ${Math.round(leadSeconds)} s after it was committed to`,
    );
    if (draw.state === 'void') checkVoid(draw, name, verdicts);
  }
}

function checkVoid(draw: PublishedDraw, name: string, verdicts: Verdicts): void {
  const { voidReason, seed, seedHash } = draw;
  verdicts.check(`${name}: void`, knownReasons.includes(voidReason ?? ''), `${voidReason}; it decided nothing`);
  if (seed === null) verdicts.note(`${name}: seed`, 'was never shown; what this draw would have given cannot be known');
  else
    verdicts.check(
      `${name}: seed`,
      hashOfSeed(fromHex(seed)).toString('hex') === seedHash,
      'shown, and the one committed to',
    );
  if (voidReason === 'seed_late' || voidReason === 'seed_lost')
    verdicts.note(`${name}: why`, 'the operator could know the outcome when this draw became void: ask why');
}
