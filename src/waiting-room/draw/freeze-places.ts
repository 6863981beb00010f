import { invariant } from '../../platform/assert.ts';
import { transaction } from '../../platform/database/db.ts';
import { voidDraw } from './commit-draw.ts';
import type { DrawDeps } from './deps.ts';
import { findCurrentDraw, lockForFreeze, markFrozen } from './queries.ts';

/**
 * Fixes the places of the draw in one short transaction under the room's lock, however many there are. `completeDraw`
 * writes leaves and root afterwards. Later places come after these. Safe to repeat.
 */
export async function freezePlaces(
  deps: Pick<DrawDeps, 'db' | 'beaconChain' | 'encryptionKey' | 'drawRules'>,
  eventId: string,
): Promise<'frozen' | 'early'> {
  return transaction(deps.db, async (tx) => {
    const room = await lockForFreeze(tx, eventId);
    if (room === undefined || room.phase === 'closed') return 'early';
    if (room.phase !== 'pre_queue') return 'frozen';
    if (!room.isDue) return 'early';
    let found = await findCurrentDraw(tx, eventId);
    if (found !== undefined && found.secondsPastRound >= 0) {
      // The beacon's value may already be known, so this list could have been chosen to fit it.
      await voidDraw(deps, tx, found.draw, 'freeze_late');
      found = await findCurrentDraw(tx, eventId);
    }
    invariant(found?.draw.state === 'committed', `a room in its pre-queue is committed to a draw: ${eventId}`);
    await markFrozen(tx, eventId, found.draw.number, room);
    return 'frozen';
  });
}
