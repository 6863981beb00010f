import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { scheduleNotFound } from '../errors.ts';
import { reportSchedules } from '../tables.ts';

/**
 * Ends a schedule; its reports stay.
 * @throws DomainError report_schedule.not_found, also for another organizer's and one that has ended
 */
export async function endSchedule(deps: { db: Db }, actor: Actor, scheduleId: string): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const ended = await tx
      .update(reportSchedules)
      .set({ endedAt: sql`now()` })
      .where(
        and(
          eq(reportSchedules.id, scheduleId),
          eq(reportSchedules.organizerId, actor.organizerId),
          isNull(reportSchedules.endedAt),
        ),
      )
      .returning({ id: reportSchedules.id });
    if (ended.length === 0) throw scheduleNotFound();
    await writeAudit(tx, { actor, act: 'report_schedule.ended', subjectId: scheduleId });
  });
}
