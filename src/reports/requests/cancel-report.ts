import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { reportEnded } from '../errors.ts';
import { stageNext } from '../making/queries.ts';
import { type Report, reports } from '../tables.ts';
import { ownReport } from './queries.ts';

/**
 * Ends a report that waits or is being made; its worker stops within seconds. Cancelling a cancelled report changes
 * nothing.
 * @throws DomainError report.not_found, report.ended if it is ready, has failed or has expired
 */
export async function cancelReport(deps: { db: Db }, actor: Actor, reportId: string): Promise<Report> {
  return transaction(deps.db, async (tx) => {
    const [cancelled] = await tx
      .update(reports)
      .set({ status: 'cancelled', leaseUntil: null, finishedAt: sql`now()` })
      .where(
        and(
          eq(reports.id, reportId),
          eq(reports.organizerId, actor.organizerId),
          inArray(reports.status, ['waiting', 'making']),
        ),
      )
      .returning();
    if (cancelled === undefined) {
      const report = await ownReport(tx, actor.organizerId, reportId);
      if (report.status !== 'cancelled') throw reportEnded(report.status);
      return report;
    }
    await writeAudit(tx, { actor, act: 'report.cancelled', subjectId: reportId });
    await stageNext(tx, actor.organizerId);
    return cancelled;
  });
}
