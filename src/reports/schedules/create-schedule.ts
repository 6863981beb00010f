import { and, eq, isNull } from 'drizzle-orm';
import type { StaffActor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { lockOrganizer } from '../../access/index.ts';
import { invariant } from '../../platform/assert.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, readNow, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { scheduleLimitReached } from '../errors.ts';
import { schedulesMax } from '../limits.ts';
import { refuseForeignEvent } from '../requests/queries.ts';
import { type ReportSchedule, reportSchedules } from '../tables.ts';
import { nextRun } from './queries.ts';
import type { CreateScheduleInput } from './schemas.ts';

/**
 * Creates a schedule that makes a report every day or week and mails it to the requesting member.
 * @throws DomainError event.not_found, report_schedule.limit_reached
 */
export async function createSchedule(
  deps: { db: Db; clock: Clock },
  actor: StaffActor,
  input: CreateScheduleInput,
): Promise<ReportSchedule> {
  const { organizerId } = actor;
  const { eventId = null, weekday = null, ...rest } = input;
  await refuseForeignEvent(deps.db, organizerId, input.eventId);
  return transaction(deps.db, async (tx) => {
    await lockOrganizer(tx, organizerId);
    const own = and(eq(reportSchedules.organizerId, organizerId), isNull(reportSchedules.endedAt));
    if ((await tx.$count(reportSchedules, own)) >= schedulesMax) throw scheduleLimitReached(schedulesMax);
    const [schedule] = await tx
      .insert(reportSchedules)
      .values({
        id: newId('rsc', deps.clock.now()),
        organizerId,
        memberId: actor.id,
        eventId,
        weekday,
        ...rest,
        nextRunAt: await nextRun(tx, { ...rest, weekday }, await readNow(tx)),
      })
      .returning();
    invariant(schedule !== undefined, 'a new schedule has no row');
    const changes = { eventId, weekday, ...rest };
    await writeAudit(tx, { actor, act: 'report_schedule.created', subjectId: schedule.id, changes });
    return schedule;
  });
}
