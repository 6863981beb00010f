import type { Config } from '../../config.ts';
import type { EventChanged } from '../../catalog/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { noteEventForWebhooks } from '../webhooks/note-event.ts';
import { isMoved, planOf } from './event-plan.ts';
import { tellHolders } from '../jobs.ts';
import type { EventPlan, NoticeKind } from './tables.ts';
import { areNoticesConfirmed, upsertNotice, withdrawMove, withdrawPostponement } from './queries.ts';

/**
 * A placement that was decided before the event was called off may commit this much later. Its buyer is told as well.
 */
const cancelledDelaySeconds = 5;
/** A series of changes is told at the latest after this many times the delay. */
const delaysMax = 6;

/**
 * The catalog's port. Notes every change for webhooks. If a published event was called off or postponed, or its time or
 * place was changed, it writes a notice in the transaction of the change; a job tells the holders once it is due.
 * Consecutive changes are one notice. While an event is postponed, its holders are told only of the new date, or that
 * it is off.
 */
export function createNoteEventChange(deps: {
  clock: Clock;
  config: Pick<Config, 'EVENT_NOTICE_DELAY_SECONDS'>;
}): EventChanged {
  return async (tx, before, after) => {
    await noteEventForWebhooks(tx, before, after);
    if (before.status !== 'published') return;
    const [was, is] = [planOf(before), planOf(after)];
    const kind = noticeKindOf(was, is, after.status);
    if (kind === undefined) return;
    const plan = (await withdrawUntold(tx, after.id, kind, was)) ?? was;
    if (kind === 'moved' && !isMoved(plan, is)) return;
    const delaySeconds = kind === 'cancelled' ? cancelledDelaySeconds : deps.config.EVENT_NOTICE_DELAY_SECONDS;
    const id = newId('ntc', deps.clock.now());
    const isHeld = await areNoticesConfirmed(tx, after.id);
    const isNew = await upsertNotice(tx, {
      id,
      eventId: after.id,
      kind,
      before: plan,
      eventVersion: after.version,
      delaySeconds,
      delaySecondsMax: delaySeconds * delaysMax,
      isHeld,
    });
    // A waiting notice already has its job; a held one gets it with its confirmation.
    if (isNew && !isHeld) await stage(tx, tellHolders, { noticeId: id, eventId: after.id }, { delaySeconds });
  };
}

/** Ends a notice that this change overtakes before anybody was told of it. Returns the plan that holders know. */
async function withdrawUntold(
  tx: Db,
  eventId: string,
  kind: NoticeKind,
  was: EventPlan,
): Promise<EventPlan | undefined> {
  if (kind === 'postponed') return withdrawMove(tx, eventId);
  return kind === 'moved' && was.isPostponed ? withdrawPostponement(tx, eventId) : undefined;
}

function noticeKindOf(was: EventPlan, is: EventPlan, status: string): NoticeKind | undefined {
  if (status === 'cancelled') return 'cancelled';
  if (is.isPostponed) return was.isPostponed ? undefined : 'postponed';
  return isMoved(was, is) ? 'moved' : undefined;
}
