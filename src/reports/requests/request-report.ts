import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { lockOrganizer } from '../../access/index.ts';
import { invariant } from '../../platform/assert.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { reportLimitReached } from '../errors.ts';
import { makeReportJob } from '../jobs.ts';
import { openReportsMax } from '../limits.ts';
import { type Report, reports } from '../tables.ts';
import { countOpenReports, refuseForeignEvent } from './queries.ts';
import type { RequestReportInput } from './schemas.ts';
import { withoutUndefined } from '../../platform/without-undefined.ts';

/**
 * Requests a file with the organizer's data. It is made after the organizer's earlier ones; a member who requests it
 * gets a mail when it is ready.
 * @throws DomainError event.not_found, report.limit_reached
 */
export async function requestReport(
  deps: { db: Db; clock: Clock },
  actor: Actor,
  input: RequestReportInput,
): Promise<Report> {
  const { organizerId } = actor;
  const { kind, format, eventId, filters } = input;
  await refuseForeignEvent(deps.db, organizerId, eventId);
  return transaction(deps.db, async (tx) => {
    // Concurrent requests are counted one after another.
    await lockOrganizer(tx, organizerId);
    if ((await countOpenReports(tx, organizerId)) >= openReportsMax) throw reportLimitReached(openReportsMax);
    const [report] = await tx
      .insert(reports)
      .values({
        id: newId('rpt', deps.clock.now()),
        organizerId,
        eventId: eventId ?? null,
        kind,
        format,
        filters: withoutUndefined(filters),
        requestedBy: actor.id,
        memberId: actor.kind === 'staff' ? actor.id : null,
      })
      .returning();
    invariant(report !== undefined, 'a new report has no row');
    await writeAudit(tx, {
      actor,
      act: 'report.requested',
      subjectId: report.id,
      changes: { kind, format, eventId: eventId ?? null, filters: report.filters },
    });
    await stage(tx, makeReportJob, { organizerId });
    return report;
  });
}
