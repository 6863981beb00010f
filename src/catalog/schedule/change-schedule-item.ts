import { type ChangeDeps, type EventOfActor, changeLockedEvent, differences } from '../events/change-locked-event.ts';
import { scheduleItemNotFound } from '../errors.ts';
import { requireScheduleTimes, scheduleItemValues } from '../input-rows.ts';
import { scheduleItemIs, type ScheduleItemRow } from '../queries.ts';
import type { ChangeScheduleItem } from './schemas.ts';
import type { Db } from '../../platform/database/db.ts';
import { scheduleItems } from '../tables.ts';

/** @throws DomainError schedule_item.not_found, request.invalid, event.not_found, event.cancelled */
export async function changeScheduleItem(
  deps: ChangeDeps,
  input: EventOfActor & { readonly scheduleItemId: string; readonly values: ChangeScheduleItem },
): Promise<ScheduleItemRow> {
  return changeLockedEvent(deps, input, async (tx, event) => {
    const before = await findScheduleItem(tx, event.id, input.scheduleItemId);
    if (before === undefined) throw scheduleItemNotFound();
    const values = scheduleItemValues(input.values);
    requireScheduleTimes({ ...before, ...values });
    const changes = differences(event, before, values);
    if (Object.keys(changes).length === 0) return { event, result: before };
    const item = await updateScheduleItem(tx, before, values);
    return { event, result: item, act: 'schedule_item.changed', subjectId: item.id, changes };
  });
}

async function findScheduleItem(db: Db, eventId: string, id: string): Promise<ScheduleItemRow | undefined> {
  const [row] = await db.select().from(scheduleItems).where(scheduleItemIs(eventId, id));
  return row;
}

async function updateScheduleItem(
  tx: Db,
  item: ScheduleItemRow,
  changes: Partial<Omit<ScheduleItemRow, 'eventId' | 'id'>>,
): Promise<ScheduleItemRow> {
  if (Object.keys(changes).length === 0) return item;
  const [row] = await tx.update(scheduleItems).set(changes).where(scheduleItemIs(item.eventId, item.id)).returning();
  return row ?? item;
}
