import { and, desc, eq, sql } from 'drizzle-orm';
import type { PreviewDeps } from '../announcements/preview.ts';
import { countStates, requireOwnEvent } from '../announcements/show-announcements.ts';
import type { Db } from '../../platform/database/db.ts';
import { noticeNotFound } from '../errors.ts';
import { type PreviewedNotice, previewNotice } from './preview-notice.ts';
import { type EventNotice, eventNotices } from './tables.ts';
import { noticeTemplates } from './tell-holders.ts';

type OfEvent = { readonly organizerId: string; readonly eventId: string };

/** Far more than an event changes. */
const listedMax = 100;

/** The notices of an event, newest first. @throws DomainError event.not_found */
export async function listNotices(db: Db, of: OfEvent): Promise<EventNotice[]> {
  await requireOwnEvent(db, of);
  return db
    .select()
    .from(eventNotices)
    .where(eq(eventNotices.eventId, of.eventId))
    .orderBy(desc(eventNotices.createdAt), desc(eventNotices.id))
    .limit(listedMax);
}

/**
 * A notice, its recipients, its text in both languages, and the states of its messages (index: deliveries_of_changes).
 * @throws DomainError event.not_found, notice.not_found
 */
export async function showNotice(
  deps: PreviewDeps,
  { noticeId, ...of }: OfEvent & { readonly noticeId: string },
): Promise<PreviewedNotice & { readonly progress: Awaited<ReturnType<typeof countStates>> }> {
  await requireOwnEvent(deps.db, of);
  const [notice] = await deps.db.select().from(eventNotices).where(isNotice(of.eventId, noticeId));
  if (notice === undefined) throw noticeNotFound();
  const progress = await countStates(
    deps.db,
    sql`event_id = ${of.eventId} and version = ${notice.eventVersion} and template = ${noticeTemplates[notice.kind]}
      and template in ('event_cancelled', 'event_moved', 'event_postponed')`,
  );
  return { ...(await previewNotice(deps, notice)), progress };
}

export const isNotice = (eventId: string, noticeId: string) =>
  and(eq(eventNotices.id, noticeId), eq(eventNotices.eventId, eventId));
