import type { Db } from '../../platform/db.ts';
import { firstRoundFrom, timeOfRound } from './beacon-chain.ts';
import type { CommitDeps } from './deps.ts';
import { type VoidReason, rulesOf } from './draw-rules.ts';
import { type DrawRow, findCurrentDraw, insertDraw, markVoid, readNow } from './queries.ts';
import { openSeed, sealNewSeed } from './seal-seed.ts';

/**
 * Commits to the room's draw: a new seed, known by its hash, and a beacon round after the freeze. Call it in the
 * transaction that plans the room or moves its freeze; a commitment that no longer fits is void, in public, and the next
 * number is committed to. Does nothing once the list is frozen, and nothing when all is as it should be.
 */
export async function commitDraw(
  deps: CommitDeps,
  tx: Db,
  { eventId, freezesAt }: { eventId: string; freezesAt: Date },
): Promise<void> {
  const found = await findCurrentDraw(tx, eventId);
  const now = await readNow(tx);
  const after = new Date(Math.max(now.getTime(), freezesAt.getTime()));
  if (found === undefined) return insertNext(deps, tx, { eventId, number: 1, after });
  const { draw } = found;
  if (draw.state !== 'committed') return;
  if (draw.beaconChain === deps.beaconChain.hash && draw.beaconRound === roundAfter(deps, after)) return;
  await voidDraw(deps, tx, draw, 'rescheduled', after);
}

/**
 * Voids a draw and commits to the next number; of a list that is frozen already the next draw takes everything over.
 * False when the draw was drawn or void already.
 * @param after the next beacon round comes at least the lead after this
 */
export async function voidDraw(
  deps: CommitDeps,
  tx: Db,
  draw: DrawRow,
  reason: VoidReason,
  after?: Date,
): Promise<boolean> {
  const ended = await markVoid(tx, draw, reason, openSeed(deps.encryptionKey, draw));
  if (ended === undefined) return false;
  const { frozenAt, places, voidedPlaces, merkleRoot, rootedAt } = ended;
  await insertNext(deps, tx, {
    eventId: draw.eventId,
    number: draw.number + 1,
    after: after ?? (await readNow(tx)),
    list: frozenAt !== null ? { frozenAt, places, voidedPlaces, merkleRoot, rootedAt } : undefined,
  });
  return true;
}

type Next = {
  readonly eventId: string;
  readonly number: number;
  readonly after: Date;
  readonly list?: Pick<DrawRow, 'frozenAt' | 'places' | 'voidedPlaces' | 'merkleRoot' | 'rootedAt'> | undefined;
};

async function insertNext(deps: CommitDeps, tx: Db, { eventId, number, after, list }: Next): Promise<void> {
  const chain = deps.beaconChain;
  const beaconRound = roundAfter(deps, after);
  await insertDraw(tx, {
    eventId,
    number,
    ...sealNewSeed(deps.encryptionKey, eventId, number),
    chain,
    beaconRound,
    beaconRoundAt: timeOfRound(chain, beaconRound),
    list,
  });
}

function roundAfter(deps: CommitDeps, after: Date): number {
  return firstRoundFrom(deps.beaconChain, new Date(after.getTime() + rulesOf(deps.drawRules).leadSeconds * 1000));
}
