import { invariant } from '../../platform/assert.ts';
import { newId } from '../../platform/ids.ts';
import { type ChangeDeps, type EventOfActor, changeLockedEvent } from '../events/change-locked-event.ts';
import { limitReached } from '../errors.ts';
import { requireScheduleTimes } from '../input-rows.ts';
import { scheduleItemsPerEventMax } from '../limits.ts';
import type { ScheduleItemRow } from '../queries.ts';
import type { CreateScheduleItem } from './schemas.ts';
import { count, eq } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';
import { scheduleItems } from '../tables.ts';

/** @throws DomainError request.invalid, catalog.limit_reached, event.not_found, event.cancelled */
export async function createScheduleItem(
  deps: ChangeDeps,
  { values, ...of }: EventOfActor & { readonly values: CreateScheduleItem },
): Promise<ScheduleItemRow> {
  const times = { startsAt: new Date(values.startsAt), endsAt: new Date(values.endsAt) };
  requireScheduleTimes(times);
  return changeLockedEvent(deps, of, async (tx, event) => {
    if ((await countScheduleItems(tx, event.id)) >= scheduleItemsPerEventMax) {
      throw limitReached('scheduleItemsPerEventMax', scheduleItemsPerEventMax);
    }
    const item = await insertScheduleItem(tx, { ...values, ...times, eventId: event.id, id: newId('sch') });
    const changes = { title: item.title };
    return { event, result: item, act: 'schedule_item.created', subjectId: item.id, changes };
  });
}

async function countScheduleItems(tx: Db, eventId: string): Promise<number> {
  const [row] = await tx.select({ count: count() }).from(scheduleItems).where(eq(scheduleItems.eventId, eventId));
  return row?.count ?? 0;
}

async function insertScheduleItem(tx: Db, item: typeof scheduleItems.$inferInsert): Promise<ScheduleItemRow> {
  const [row] = await tx.insert(scheduleItems).values(item).returning();
  invariant(row !== undefined, 'a schedule item was not inserted');
  return row;
}
