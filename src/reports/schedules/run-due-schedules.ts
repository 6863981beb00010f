import { and, asc, eq, isNull, lte, or, sql } from 'drizzle-orm';
import { writeAudit } from '../../access/audit/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, readNow, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { eachInTurn } from '../../platform/jobs/each-in-turn.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import type { Log } from '../../platform/log.ts';
import { findReader } from '../downloads/queries.ts';
import { makeReportJob } from '../jobs.ts';
import { type ReportFilters, type ReportSchedule, reportSchedules, reports } from '../tables.ts';
import { nextRun } from './queries.ts';

/** Schedules that one run of the job handles; the next run handles the others. */
const schedulesPerRun = 200;
/**
 * A row has the time at which its transaction began. It may be committed, and reach the replica, some seconds later; a
 * period that was read before would miss it for good.
 */
export const settleSeconds = 30;
/** The pause after a failure doubles from a minute up to this. */
const restMinutesMax = 60;

/**
 * Requests the reports of due schedules, each in a transaction of its own that also moves the schedule to its next run.
 * Of several workers one takes a schedule, and one run makes one report. Several missed runs are replaced by one. A
 * schedule ends with the role of its member. A schedule that fails rests, and does not keep the others.
 * @throws the first fault, after the other schedules have run
 */
export async function runDueSchedules(deps: { db: Db; clock: Clock; log: Log }): Promise<void> {
  const due = await deps.db
    .select({ id: reportSchedules.id })
    .from(reportSchedules)
    .where(isDue)
    .orderBy(asc(reportSchedules.nextRunAt))
    .limit(schedulesPerRun);
  await eachInTurn(
    due,
    async ({ id }) => {
      try {
        await transaction(deps.db, (tx) => runOne(tx, deps.clock, id));
      } catch (error) {
        await rest(deps.db, id);
        throw error;
      }
    },
    (error, { id }) => deps.log.error({ err: error, scheduleId: id }, 'a schedule of reports could not run'),
  );
}

const isDue = and(
  isNull(reportSchedules.endedAt),
  lte(reportSchedules.nextRunAt, sql`now() - make_interval(secs => ${settleSeconds})`),
  or(isNull(reportSchedules.restsUntil), lte(reportSchedules.restsUntil, sql`now()`)),
);

async function rest(db: Db, id: string): Promise<void> {
  await db
    .update(reportSchedules)
    .set({
      failures: sql`least(${reportSchedules.failures} + 1, 20)`,
      restsUntil: sql`now() + make_interval(mins => least(power(2, ${reportSchedules.failures}), ${restMinutesMax})::integer)`,
    })
    .where(eq(reportSchedules.id, id));
}

async function runOne(tx: Db, clock: Clock, scheduleId: string): Promise<void> {
  const now = await readNow(tx);
  const [schedule] = await tx
    .select()
    .from(reportSchedules)
    .where(and(eq(reportSchedules.id, scheduleId), isDue))
    .for('update', { skipLocked: true });
  if (schedule === undefined) return;
  const { id, organizerId, memberId } = schedule;
  const actor = { kind: 'system', id: 'report-schedules', organizerId } as const;
  const member = await findReader(tx, memberId);
  if (member?.organizerId !== organizerId) {
    await tx.update(reportSchedules).set({ endedAt: sql`now()` }).where(eq(reportSchedules.id, id));
    await writeAudit(tx, { actor, act: 'report_schedule.ended', subjectId: id });
    return;
  }
  const reportId = newId('rpt', clock.now());
  const added = await tx
    .insert(reports)
    .values({ id: reportId, ...(await reportOf(tx, schedule)) })
    .onConflictDoNothing({ target: [reports.scheduleId, reports.periodAt] })
    .returning({ id: reports.id });
  await tx
    .update(reportSchedules)
    .set({
      lastRunAt: schedule.nextRunAt,
      nextRunAt: await nextRun(tx, schedule, now),
      failures: 0,
      restsUntil: null,
    })
    .where(eq(reportSchedules.id, id));
  if (added.length === 0) return;
  const changes = { kind: schedule.kind, format: schedule.format, eventId: schedule.eventId, scheduleId: id };
  await writeAudit(tx, { actor, act: 'report.requested', subjectId: reportId, changes });
  await stage(tx, makeReportJob, { organizerId });
}

async function reportOf(tx: Db, schedule: ReportSchedule) {
  const { kind, format, eventId, organizerId, memberId, nextRunAt } = schedule;
  return {
    kind,
    format,
    eventId,
    organizerId,
    memberId,
    requestedBy: memberId,
    scheduleId: schedule.id,
    periodAt: nextRunAt,
    filters: schedule.covers === 'everything' ? {} : await periodOf(tx, schedule),
  };
}

/** From the previous run to this one. The first run covers one day or week. */
async function periodOf(tx: Db, schedule: ReportSchedule): Promise<ReportFilters> {
  const days = schedule.every === 'day' ? 1 : 7;
  // Two hours more than the period, because a change of clocks may make it an hour longer.
  const earlier = new Date(schedule.nextRunAt.getTime() - (days * 24 + 2) * 3_600_000);
  const from = schedule.lastRunAt ?? (await nextRun(tx, schedule, earlier));
  return { from: from.toISOString(), to: schedule.nextRunAt.toISOString() };
}
