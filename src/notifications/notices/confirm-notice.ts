import { and, eq, isNull, sql } from 'drizzle-orm';
import { type Actor, writeAudit } from '../../access/index.ts';
import { lockOwnEvent } from '../announcements/draft-announcement.ts';
import type { PreviewDeps } from '../announcements/preview.ts';
import { invariant } from '../../platform/assert.ts';
import { constantTimeEqual } from '../../platform/crypto.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { noticeEnded, noticeNotFound, previewStale } from '../errors.ts';
import { tellHolders } from '../jobs.ts';
import { releaseNotice } from './queries.ts';
import { previewNotice } from './preview-notice.ts';
import { isNotice } from './show-notices.ts';
import { type EventNotice, eventNotices } from './tables.ts';

type NoticeOfActor = { readonly actor: Actor; readonly eventId: string; readonly noticeId: string };

/**
 * Starts telling the holders of a previewed change, if its text and its orders are still the same. A repeated
 * confirmation changes nothing.
 * @throws DomainError event.not_found, notice.not_found, notice.ended, announcement.preview_stale
 */
export async function confirmNotice(
  deps: PreviewDeps,
  { confirmationToken, ...of }: NoticeOfActor & { confirmationToken: string },
): Promise<EventNotice> {
  return transaction(deps.db, async (tx) => {
    const notice = await lockNoticeOf(tx, of);
    if (notice.confirmedAt !== null && notice.endedAt === null) return notice;
    const shown = await previewNotice({ ...deps, db: tx }, notice);
    if (shown.confirmationToken === null) throw noticeEnded();
    if (!constantTimeEqual(confirmationToken, shown.confirmationToken)) throw previewStale();
    const released = await releaseNotice(tx, notice);
    invariant(released !== undefined, `notice ${notice.id} changed under its lock`);
    await stage(tx, tellHolders, { noticeId: notice.id, eventId: notice.eventId });
    await writeAudit(tx, {
      actor: of.actor,
      act: 'notice.confirmed',
      subjectId: notice.id,
      changes: { eventId: notice.eventId, kind: notice.kind, ...shown.recipients },
    });
    return released;
  });
}

/**
 * Cancels a notice, so that nobody is told of the change. A cancelled one does not change.
 * @throws DomainError event.not_found, notice.not_found, notice.ended once the telling has begun
 */
export async function cancelNotice(deps: { readonly db: Db }, of: NoticeOfActor): Promise<EventNotice> {
  return transaction(deps.db, async (tx) => {
    const notice = await lockNoticeOf(tx, of);
    if (notice.startedAt !== null) throw noticeEnded();
    if (notice.endedAt !== null) return notice;
    const [ended] = await tx
      .update(eventNotices)
      .set({ endedAt: sql`now()` })
      .where(and(eq(eventNotices.id, notice.id), isNull(eventNotices.startedAt), isNull(eventNotices.endedAt)))
      .returning();
    invariant(ended !== undefined, `notice ${notice.id} changed under its lock`);
    const { eventId, kind } = notice;
    await writeAudit(tx, {
      actor: of.actor,
      act: 'notice.cancelled',
      subjectId: notice.id,
      changes: { eventId, kind },
    });
    return ended;
  });
}

/** Locks the event, then the notice, as a change of the event does. */
async function lockNoticeOf(tx: Db, { actor, eventId, noticeId }: NoticeOfActor): Promise<EventNotice> {
  await lockOwnEvent(tx, { organizerId: actor.organizerId, eventId });
  const [notice] = await tx.select().from(eventNotices).where(isNotice(eventId, noticeId)).for('update');
  if (notice === undefined) throw noticeNotFound();
  return notice;
}
