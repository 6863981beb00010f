import { type Db, readNow } from '../../platform/database/db.ts';
import { firstRoundFrom, timeOfRound } from './beacon/beacon-chain.ts';
import type { CommitDeps } from './deps.ts';
import { type VoidReason, leadSecondsMax, rulesOf } from './order/draw-rules.ts';
import type { DrawRow } from '../tables.ts';
import { findCurrentDraw, insertDraw, markVoid } from './queries.ts';
import { openSeed, sealNewSeed } from './order/seal-seed.ts';

/**
 * Commits to the room's draw: a new seed, published by its hash, and a beacon round after the freeze. Call it in the
 * transaction that plans the room or moves its freeze. A commitment that no longer fits becomes void, in public, and
 * the next number is committed to. Does nothing once the list is frozen, or when the commitment fits.
 * @param plan.leadSeconds the least time from the freeze to the round; by the rules when omitted
 */
export async function commitDraw(
  deps: CommitDeps,
  tx: Db,
  { eventId, freezesAt, ...plan }: { eventId: string; freezesAt: Date; leadSeconds?: number },
): Promise<void> {
  const leadSeconds = Math.max(rulesOf(deps.drawRules).leadSeconds, plan.leadSeconds ?? 0);
  const found = await findCurrentDraw(tx, eventId);
  const now = await readNow(tx);
  const after = new Date(Math.max(now.getTime(), freezesAt.getTime()));
  if (found === undefined) return insertNext(deps, tx, { eventId, number: 1, after, leadSeconds });
  const { draw } = found;
  if (draw.state !== 'committed') return;
  if (draw.beaconChain === deps.beaconChain.hash && draw.beaconRound === roundAfter(deps, after, leadSeconds)) return;
  await voidDraw(deps, tx, draw, 'rescheduled', { after, leadSeconds });
}

/**
 * Voids a draw and commits to the next number; if the list is frozen, the next draw takes it over. If the root was
 * late, the next draw has twice the lead. Leaves already written are kept, so a later draw is in time, however slow the
 * writing. False when the draw was already drawn or void.
 * @param next the next beacon round comes at least the lead after `after`; now and the same lead when omitted
 */
export async function voidDraw(
  deps: CommitDeps,
  tx: Db,
  draw: DrawRow,
  reason: VoidReason,
  next: { readonly after?: Date; readonly leadSeconds?: number } = {},
): Promise<boolean> {
  const ended = await markVoid(tx, draw, reason, openSeed(deps.encryptionKey, draw));
  if (ended === undefined) return false;
  const { frozenAt, places, voidedPlaces, merkleRoot, rootedAt } = ended;
  await insertNext(deps, tx, {
    eventId: draw.eventId,
    number: draw.number + 1,
    after: next.after ?? (await readNow(tx)),
    leadSeconds: next.leadSeconds ?? nextLead(draw, reason),
    list: frozenAt !== null ? { frozenAt, places, voidedPlaces, merkleRoot, rootedAt } : undefined,
  });
  return true;
}

type Next = {
  readonly eventId: string;
  readonly number: number;
  readonly after: Date;
  readonly leadSeconds: number;
  readonly list?: Pick<DrawRow, 'frozenAt' | 'places' | 'voidedPlaces' | 'merkleRoot' | 'rootedAt'> | undefined;
};

async function insertNext(
  deps: CommitDeps,
  tx: Db,
  { eventId, number, after, leadSeconds, list }: Next,
): Promise<void> {
  const chain = deps.beaconChain;
  const beaconRound = roundAfter(deps, after, leadSeconds);
  await insertDraw(tx, {
    eventId,
    number,
    ...sealNewSeed(deps.encryptionKey, eventId, number),
    chain,
    beaconRound,
    beaconRoundAt: timeOfRound(chain, beaconRound),
    leadSeconds,
    list,
  });
}

function nextLead({ leadSeconds }: DrawRow, reason: VoidReason): number {
  return reason === 'root_late' ? Math.min(2 * leadSeconds, leadSecondsMax) : leadSeconds;
}

function roundAfter(deps: CommitDeps, after: Date, leadSeconds: number): number {
  return firstRoundFrom(deps.beaconChain, new Date(after.getTime() + leadSeconds * 1000));
}
