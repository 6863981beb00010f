import { and, eq, sql } from 'drizzle-orm';
import { type Actor, writeAudit } from '../../access/index.ts';
import { invariant } from '../../platform/assert.ts';
import { constantTimeEqual } from '../../platform/crypto.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import {
  announcementEnded,
  announcementLimited,
  announcementNotFound,
  announcementReachesNobody,
  previewStale,
} from '../errors.ts';
import { sendAnnouncementJob } from '../jobs.ts';
import { countAudience } from './audience.ts';
import { type AnnouncementDeps, confirmationTokenOf, lockOwnEvent } from './draft-announcement.ts';
import { confirmedPerDayMax, previewMinutes } from './limits.ts';
import { digestOf, previewOf } from './preview.ts';
import { type Announcement, announcements } from './tables.ts';

export type AnnouncementOfActor = {
  readonly actor: Actor;
  readonly eventId: string;
  readonly announcementId: string;
};

/**
 * Sends a previewed announcement, if its text and its recipients are still the same. A repeated confirmation returns
 * the announcement as it is.
 * @throws DomainError event.not_found, announcement.not_found, announcement.preview_stale, announcement.ended,
 * announcement.reaches_nobody, announcement.limited
 */
export async function confirmAnnouncement(
  deps: AnnouncementDeps,
  { confirmationToken, ...of }: AnnouncementOfActor & { confirmationToken: string },
): Promise<Announcement> {
  return transaction(deps.db, async (tx) => {
    const announcement = await lockAnnouncement(tx, of);
    const isOfPreview = (digest: string) =>
      constantTimeEqual(confirmationToken, confirmationTokenOf(deps.config, { id: announcement.id, digest }));
    if (announcement.status !== 'draft') {
      if (announcement.confirmedAt !== null && isOfPreview(announcement.digest)) return announcement;
      throw announcementEnded();
    }
    if (deps.clock.now().getTime() - announcement.createdAt.getTime() > previewMinutes * 60_000) throw previewStale();
    const reach = await countAudience(tx, announcement.id);
    if (!isOfPreview(digestOf(await previewOf({ ...deps, db: tx }, announcement), reach))) throw previewStale();
    if (reach.email + reach.whatsapp === 0) throw announcementReachesNobody();
    await refuseTooMany(tx, announcement);
    const [confirmed] = await tx
      .update(announcements)
      .set({ status: 'sending', confirmedAt: sql`now()` })
      .where(and(eq(announcements.id, announcement.id), eq(announcements.status, 'draft')))
      .returning();
    invariant(confirmed !== undefined, `announcement ${announcement.id} changed under its lock`);
    await stage(tx, sendAnnouncementJob, { announcementId: confirmed.id, eventId: confirmed.eventId });
    await writeAudit(tx, {
      actor: of.actor,
      act: 'announcement.confirmed',
      subjectId: confirmed.id,
      changes: { eventId: of.eventId, kind: confirmed.kind, email: reach.email, whatsapp: reach.whatsapp },
    });
    return confirmed;
  });
}

/**
 * Ends an announcement. A draft is dropped; of one that is being sent, messages that no provider has yet are not sent.
 * A cancelled one does not change.
 * @throws DomainError event.not_found, announcement.not_found, announcement.ended for one that was completely sent
 */
export async function cancelAnnouncement(deps: { readonly db: Db }, of: AnnouncementOfActor): Promise<Announcement> {
  return transaction(deps.db, async (tx) => {
    const announcement = await lockAnnouncement(tx, of);
    if (announcement.status === 'cancelled') return announcement;
    if (announcement.status === 'sent') throw announcementEnded();
    const [cancelled] = await tx
      .update(announcements)
      .set({ status: 'cancelled', endedAt: sql`now()` })
      .where(and(eq(announcements.id, announcement.id), eq(announcements.status, announcement.status)))
      .returning();
    invariant(cancelled !== undefined, `announcement ${announcement.id} changed under its lock`);
    await writeAudit(tx, {
      actor: of.actor,
      act: 'announcement.cancelled',
      subjectId: cancelled.id,
      changes: { eventId: of.eventId },
    });
    return cancelled;
  });
}

/** Locks the event, then the announcement. */
async function lockAnnouncement(
  tx: Db,
  { actor, eventId, announcementId }: AnnouncementOfActor,
): Promise<Announcement> {
  await lockOwnEvent(tx, { organizerId: actor.organizerId, eventId });
  const [announcement] = await tx
    .select()
    .from(announcements)
    .where(and(eq(announcements.id, announcementId), eq(announcements.eventId, eventId)))
    .for('update');
  if (announcement === undefined) throw announcementNotFound();
  return announcement;
}

/** Holders of tickets cannot opt out of practical messages, so an event may not send them all day long. */
async function refuseTooMany(tx: Db, { eventId, kind }: Announcement): Promise<void> {
  if (kind === 'reminder') return;
  const max = confirmedPerDayMax[kind];
  const [oldest] = await rowsOf<{ seconds: number }>(
    tx,
    sql`
      select ceil(extract(epoch from confirmed_at + interval '1 day' - now()))::int as seconds from announcements
      where event_id = ${eventId} and kind = ${kind} and confirmed_at > now() - interval '1 day'
      order by confirmed_at desc offset ${max - 1} limit 1`,
  );
  if (oldest !== undefined) throw announcementLimited(max, Math.max(1, oldest.seconds));
}
