import { type ChangeDeps, type EventOfActor, changeLockedEvent } from '../events/change-locked-event.ts';
import { differences } from '../differences.ts';
import { scheduleItemNotFound } from '../errors.ts';
import { requireScheduleTimes, scheduleItemValues } from '../input-rows.ts';
import { type ScheduleItemRow, findScheduleItem, updateScheduleItem } from '../queries.ts';
import type { ChangeScheduleItem } from '../events/schemas.ts';

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
    const changes = differences(before, values);
    if (Object.keys(changes).length === 0) return { event, result: before };
    const item = await updateScheduleItem(tx, before, values);
    return { event, result: item, act: 'schedule_item.changed', subjectId: item.id, changes };
  });
}
