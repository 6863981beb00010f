import { type ChangeDeps, type EventOfActor, changeLockedEvent } from '../events/change-locked-event.ts';
import { scheduleItemNotFound } from '../errors.ts';
import type { Db } from '../../platform/database/db.ts';
import { scheduleItems } from '../tables.ts';
import { scheduleItemIs } from '../queries.ts';

/** @throws DomainError schedule_item.not_found, event.not_found, event.cancelled */
export async function deleteScheduleItem(
  deps: ChangeDeps,
  { scheduleItemId, ...of }: EventOfActor & { readonly scheduleItemId: string },
): Promise<void> {
  return changeLockedEvent(deps, of, async (tx, event) => {
    if (!(await deleteScheduleItemRow(tx, event.id, scheduleItemId))) throw scheduleItemNotFound();
    return { event, result: undefined, act: 'schedule_item.deleted', subjectId: scheduleItemId, changes: {} };
  });
}

async function deleteScheduleItemRow(tx: Db, eventId: string, id: string): Promise<boolean> {
  const rows = await tx.delete(scheduleItems).where(scheduleItemIs(eventId, id)).returning({ id: scheduleItems.id });
  return rows.length > 0;
}
