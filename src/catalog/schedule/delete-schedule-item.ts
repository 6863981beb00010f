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
    const title = await deleteScheduleItemRow(tx, event.id, scheduleItemId);
    if (title === undefined) throw scheduleItemNotFound();
    return { event, result: undefined, act: 'schedule_item.deleted', subjectId: scheduleItemId, changes: { title } };
  });
}

/** The title of the row that is gone. */
async function deleteScheduleItemRow(tx: Db, eventId: string, id: string): Promise<string | undefined> {
  const [row] = await tx
    .delete(scheduleItems)
    .where(scheduleItemIs(eventId, id))
    .returning({ title: scheduleItems.title });
  return row?.title;
}
