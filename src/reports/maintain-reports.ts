import { sql } from 'drizzle-orm';
import type { Clock } from '../platform/clock.ts';
import { type Db, rowsOf, transaction } from '../platform/database/db.ts';
import { eachInTurn } from '../platform/jobs/each-in-turn.ts';
import { stage, stageAll } from '../platform/jobs/outbox.ts';
import { stagedJobs } from '../platform/jobs/staged-jobs.ts';
import type { Log } from '../platform/log.ts';
import type { FileStorage } from '../platform/files/storage.ts';
import { fileKey } from './file-key.ts';
import { makeReportJob } from './jobs.ts';
import { failuresMax, recordDays } from './limits.ts';
import type { NotifyRequester } from './making/make-report.ts';
import { noteWaiting } from './metrics.ts';
import { runDueSchedules } from './schedules/run-due-schedules.ts';
import type { ReportFormat } from './tables.ts';

export type MaintainReportsDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly fileStorage: FileStorage;
  readonly notifyRequester: NotifyRequester;
};

/** Rows that one run of the job handles; the next run handles the others. */
const rowsPerRun = 100;
/**
 * A worker notices within seconds that its report has ended, and its last call to the storage may still be on the way.
 */
const clearAfterMinutes = 5;
/** Longer than the relay and the queue need for a staged job. */
const restageAfterMinutes = 2;

/**
 * Work that nobody requests: due schedules, reports of dead workers, expired files. Safe to run anywhere and at any
 * time.
 * @throws the first fault, after all parts have run
 */
export async function maintainReports(deps: MaintainReportsDeps): Promise<void> {
  await eachInTurn(
    // The files come last, since they need the storage, which may be down while Postgres is not.
    [runDueSchedules, takeBackLostReports, stageForgottenReports, deleteOldReports, measure, clearFiles],
    (part) => part(deps),
    (error, { name }) => deps.log.error({ err: error, part: name }, 'a part of the care for reports failed'),
  );
}

async function deleteOldReports({ db }: MaintainReportsDeps): Promise<void> {
  await db.execute(sql`
    delete from reports where id in (
      select id from reports where cleared_at < now() - make_interval(days => ${recordDays}) limit ${rowsPerRun})`);
}

/**
 * Reports of dead workers wait again. A report that has cost several workers fails, and its member is told: all of it in one transaction
 * per report, so that a report that cannot be taken back does not hold up the others.
 */
async function takeBackLostReports(deps: MaintainReportsDeps): Promise<void> {
  const lost = await rowsOf<{ id: string }>(
    deps.db,
    sql`select id from reports where status = 'making' and lease_until < now() order by random() limit ${rowsPerRun}`,
  );
  await eachInTurn(
    lost,
    ({ id }) => transaction(deps.db, (tx) => takeBack(tx, deps, id)),
    (error, { id }) => deps.log.error({ err: error, reportId: id }, 'a report was not taken back from its lost worker'),
  );
}

async function takeBack(tx: Db, { log, notifyRequester }: MaintainReportsDeps, id: string): Promise<void> {
  const [report] = await rowsOf<{ organizerId: string; memberId: string | null; status: string }>(
    tx,
    sql`
      update reports set failures = failures + 1, failure = 'worker_lost', lease_until = null,
        status = case when failures + 1 >= ${failuresMax} then 'failed' else 'waiting' end,
        finished_at = case when failures + 1 >= ${failuresMax} then now() end
      where id = (
        select id from reports where id = ${id} and status = 'making' and lease_until < now() for update skip locked)
      returning organizer_id as "organizerId", member_id as "memberId", status`,
  );
  if (report === undefined) return;
  const { organizerId, memberId, status } = report;
  log.warn({ reportId: id, status }, 'the worker of a report was lost');
  if (status === 'failed' && memberId !== null)
    await notifyRequester(tx, 'report_failed', { id, organizerId, memberId });
  await stage(tx, makeReportJob, { organizerId });
}

/** Waiting reports get a job if theirs was lost. */
async function stageForgottenReports({ db }: MaintainReportsDeps): Promise<void> {
  const forgotten = await rowsOf<{ organizerId: string }>(
    db,
    sql`
      select distinct r.organizer_id as "organizerId" from reports r
      where r.status = 'waiting' and r.created_at < now() - make_interval(mins => ${restageAfterMinutes})
        and not exists (select from reports m where m.organizer_id = r.organizer_id and m.status = 'making')
        and not exists (
          select from ${stagedJobs([makeReportJob])} staged where staged.payload ->> 'organizerId' = r.organizer_id)
      limit ${rowsPerRun}`,
  );
  await stageAll(db, makeReportJob, forgotten);
}

/**
 * Deletes expired files, and possible remains of reports without a file. Every run had a file of its own. A file that
 * cannot be deleted keeps its report for the next run, and no other one: they are taken in no order.
 * @throws the first fault, after the other files are deleted
 */
async function clearFiles({ db, fileStorage, log }: MaintainReportsDeps): Promise<void> {
  const over = await rowsOf<{ id: string; organizerId: string; format: ReportFormat; run: number }>(
    db,
    sql`
      select id, organizer_id as "organizerId", format, run from reports
      where cleared_at is null and (
        (status in ('failed', 'cancelled') and finished_at < now() - make_interval(mins => ${clearAfterMinutes}))
        or (status in ('ready', 'expired') and expires_at < now()))
      order by random() limit ${rowsPerRun}`,
  );
  await eachInTurn(
    over,
    async (report) => {
      // The status changes first, so that nobody is offered a file that is being deleted.
      await db.execute(sql`update reports set status = 'expired' where id = ${report.id} and status = 'ready'`);
      for (let run = 1; run <= report.run; run += 1) await fileStorage.remove(fileKey(report, run));
      await db.execute(sql`update reports set cleared_at = now() where id = ${report.id} and cleared_at is null`);
    },
    (error, { id }) => log.warn({ err: error, reportId: id }, 'the file of a report was not deleted'),
  );
}

async function measure({ db }: MaintainReportsDeps): Promise<void> {
  const [row] = await rowsOf<{ waiting: number; oldest: number | null }>(
    db,
    sql`
      select count(*)::integer as waiting, extract(epoch from now() - min(created_at))::float8 as oldest
      from reports where status = 'waiting'`,
  );
  noteWaiting({ waiting: row?.waiting ?? 0, oldestSeconds: row?.oldest ?? 0 });
}
