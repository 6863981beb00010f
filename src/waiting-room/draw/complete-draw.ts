import { invariant } from '../../platform/assert.ts';
import { transaction } from '../../platform/database/db.ts';
import type { BeaconAnswer } from './beacon/beacon.ts';
import { voidDraw } from './commit-draw.ts';
import type { DrawDeps } from './deps.ts';
import { drawKeyOf } from './order/draw-key.ts';
import { type DrawRules, type VoidReason, rulesOf } from './order/draw-rules.ts';
import { beaconAnswers, drawsEnded } from '../metrics.ts';
import type { DrawRow } from '../tables.ts';
import { type TimedDraw, findCurrentDraw, markDrawn, markRevealed, markRooted } from './queries.ts';
import { openSeed } from './order/seal-seed.ts';
import { writeLeaves } from './tree/write-leaves.ts';

export type DrawProgress = 'drawn' | 'waiting' | 'void';

/**
 * Carries a frozen room's draw one step further: leaves and root before the beacon's round, then the public seed, then
 * the round's value and the key. Call it every second until it returns `drawn`. Each step states what it expects. Any
 * number of workers may run it, and each may be stopped anywhere.
 *
 * The seed is revealed at the time of the round, without waiting for the round's value: from then on nobody can choose
 * anything, and a beacon that is away delays the draw but does not void it.
 * @returns `void` when this draw has just become void; the next number is committed to
 */
export async function completeDraw(deps: DrawDeps, eventId: string, signal: AbortSignal): Promise<DrawProgress> {
  const rules = rulesOf(deps.drawRules);
  const found = await findCurrentDraw(deps.db, eventId);
  if (found?.draw.state === 'drawn') return 'drawn';
  if (found?.draw.state !== 'frozen') return 'waiting';
  const rooted = found.draw.merkleRoot === null ? await writeRoot(deps, found, rules) : found;
  if (rooted === undefined) return endVoid(deps, found.draw, 'root_late');
  if (rooted.draw.merkleRoot === null || rooted.secondsPastRound < 0) return 'waiting';
  const seed = openSeed(deps.encryptionKey, rooted.draw);
  if (seed === undefined) return endVoid(deps, rooted.draw, 'seed_lost');
  if (rooted.draw.seed === null && !(await markRevealed(deps.db, rooted.draw, seed, rules.revealWithinSeconds)))
    return endVoid(deps, rooted.draw, 'seed_late');
  const answer = await askBeacon(deps, rooted.draw, signal);
  if (answer.kind === 'value') return finish(deps, rooted.draw, seed, answer);
  if (rooted.secondsPastRound > rules.beaconWithinSeconds) return endVoid(deps, rooted.draw, 'beacon_missing');
  return 'waiting';
}

/** The draw after more leaves were written; undefined when the beacon's round came before the root. */
async function writeRoot(deps: DrawDeps, found: TimedDraw, rules: DrawRules): Promise<TimedDraw | undefined> {
  const { draw } = found;
  if (found.secondsPastRound >= 0) return undefined;
  invariant(draw.places !== null, 'a frozen draw has its places');
  const root = await writeLeaves(deps, { eventId: draw.eventId, places: draw.places }, rules.workMs);
  if (root !== undefined) await markRooted(deps.db, draw, root);
  const now = await findCurrentDraw(deps.db, draw.eventId);
  return now?.draw.number === draw.number && now.draw.state === 'frozen' ? now : { draw, secondsPastRound: -1 };
}

async function askBeacon(deps: DrawDeps, draw: DrawRow, signal: AbortSignal): Promise<BeaconAnswer> {
  const answer: BeaconAnswer =
    draw.beaconChain === deps.beaconChain.hash
      ? await deps.beacon.fetchRound(draw.beaconRound, signal)
      : { kind: 'unavailable', reason: 'the service is configured for another chain than the one committed to' };
  beaconAnswers.inc({ kind: answer.kind });
  const where = { eventId: draw.eventId, number: draw.number, round: draw.beaconRound };
  if (answer.kind === 'forged') deps.log.error({ ...where, reason: answer.reason }, 'the beacon answered falsely');
  if (answer.kind === 'unavailable') deps.log.warn({ ...where, reason: answer.reason }, 'the beacon does not answer');
  return answer;
}

type BeaconValue = Extract<BeaconAnswer, { kind: 'value' }>;

async function finish(deps: DrawDeps, draw: DrawRow, seed: Buffer, value: BeaconValue): Promise<DrawProgress> {
  const { eventId, number, merkleRoot, places, voidedPlaces } = draw;
  invariant(merkleRoot !== null && places !== null && voidedPlaces !== null, 'a rooted draw has its list');
  const drawKey = drawKeyOf({
    eventId,
    number,
    seed,
    beaconRandomness: value.randomness,
    merkleRoot,
    places,
    voidedPlaces,
  });
  const isOurs = await markDrawn(deps.db, draw, {
    beaconSignature: value.signature,
    beaconRandomness: value.randomness,
    drawKey,
  });
  if (isOurs) {
    drawsEnded.inc({ outcome: 'drawn' });
    deps.log.info({ eventId, number, places }, 'the waiting room is drawn');
    return 'drawn';
  }
  return progressOf(deps, eventId);
}

async function endVoid(deps: DrawDeps, draw: DrawRow, reason: VoidReason): Promise<DrawProgress> {
  const isOurs = await transaction(deps.db, (tx) => voidDraw(deps, tx, draw, reason));
  if (!isOurs) return progressOf(deps, draw.eventId);
  drawsEnded.inc({ outcome: reason });
  deps.log.error({ eventId: draw.eventId, number: draw.number, reason }, 'a draw is void; the next one is committed');
  return 'void';
}

/** The draw as another worker has left it. */
async function progressOf(deps: DrawDeps, eventId: string): Promise<DrawProgress> {
  const now = await findCurrentDraw(deps.db, eventId);
  return now?.draw.state === 'drawn' ? 'drawn' : 'waiting';
}
