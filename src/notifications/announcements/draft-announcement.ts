import { and, eq, sql } from 'drizzle-orm';
import { type Actor, writeAudit } from '../../access/index.ts';
import { eventNotFound } from '../../access/errors.ts';
import { events, ticketCategories } from '../../catalog/tables.ts';
import { invariant } from '../../platform/assert.ts';
import type { Clock } from '../../platform/clock.ts';
import { hmacSha256Text } from '../../platform/crypto.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { requestInvalid } from '../../platform/errors.ts';
import { inputFault } from '../../platform/field-faults.ts';
import { newId } from '../../platform/ids.ts';
import { tooManyDrafts } from '../errors.ts';
import { countAudience } from './audience.ts';
import { audienceLagSeconds, draftsMax } from './limits.ts';
import { type Preview, type PreviewDeps, digestOf, previewOf } from './preview.ts';
import type { CreateAnnouncement } from './schemas.ts';
import { type Announcement, announcements } from './tables.ts';

export type AnnouncementDeps = PreviewDeps & { readonly clock: Clock };

export type Drafted = {
  readonly announcement: Announcement;
  readonly previews: readonly Preview[];
  /** The token that confirms exactly this preview. */
  readonly confirmationToken: string;
};

/**
 * Stores an announcement as a draft and shows its recipients and its text. Nothing is sent.
 * @throws DomainError event.not_found, announcement.limit_reached, request.invalid
 */
export async function draftAnnouncement(
  deps: AnnouncementDeps,
  { actor, eventId, input }: { actor: Actor; eventId: string; input: CreateAnnouncement },
): Promise<Drafted> {
  refuseMissingShortText(input);
  return transaction(deps.db, async (tx) => {
    await lockOwnEvent(tx, { organizerId: actor.organizerId, eventId });
    await refuseUnknownCategories(tx, eventId, input.audience.ticketCategoryIds ?? []);
    const [counted] = await tx
      .select({
        drafts: sql<number>`count(*) filter (where ${announcements.status} = 'draft')::int`,
        number: nextNumber,
      })
      .from(announcements)
      .where(eq(announcements.eventId, eventId));
    if ((counted?.drafts ?? 0) >= draftsMax) throw tooManyDrafts(draftsMax);
    const id = newId('ann', deps.clock.now());
    const [draft] = await tx
      .insert(announcements)
      .values({
        id,
        eventId,
        organizerId: actor.organizerId,
        number: counted?.number ?? 1,
        kind: input.kind,
        channels: [...input.channels],
        audience: input.audience,
        audienceUntil: sql`now() - make_interval(secs => ${audienceLagSeconds})`,
        content: input.content,
        createdBy: actor.id,
      })
      .returning();
    invariant(draft !== undefined, `announcement ${id} was not written`);
    const reach = await countAudience(tx, id);
    const previews = await previewOf({ ...deps, db: tx }, draft);
    const digest = digestOf(previews, reach);
    const [announcement = draft] = await tx
      .update(announcements)
      .set({ digest, recipientsEmail: reach.email, recipientsWhatsapp: reach.whatsapp })
      .where(eq(announcements.id, id))
      .returning();
    await writeAudit(tx, { actor, act: 'announcement.drafted', subjectId: id, changes: { eventId, kind: input.kind } });
    return { announcement, previews, confirmationToken: confirmationTokenOf(deps.config, { id, digest }) };
  });
}

/** The number after the highest of the selected announcements. */
const nextNumber = sql<number>`coalesce(max(${announcements.number}), 0) + 1`;

export function confirmationTokenOf(
  { HASH_SECRET }: PreviewDeps['config'],
  { id, digest }: Pick<Announcement, 'id' | 'digest'>,
): string {
  return hmacSha256Text(HASH_SECRET, `announcement.v1\0${id}\0${digest}`);
}

/**
 * Locks the event, so that its announcements are numbered and counted one after the other; orders do not wait.
 * @throws DomainError event.not_found, also for another organiser's event
 */
export async function lockOwnEvent(
  tx: Db,
  { organizerId, eventId }: { organizerId: string; eventId: string },
): Promise<void> {
  const [event] = await tx
    .select({ id: events.id })
    .from(events)
    .where(and(eq(events.id, eventId), eq(events.organizerId, organizerId)))
    .for('no key update');
  if (event === undefined) throw eventNotFound();
}

/** WhatsApp carries the short text. */
function refuseMissingShortText({ channels, content }: CreateAnnouncement): void {
  if (!channels.includes('whatsapp')) return;
  const faults = (['id', 'en'] as const)
    .filter((locale) => content[locale].shortText === undefined)
    .map((locale) => inputFault(`content.${locale}.shortText`, 'field.required'));
  if (faults.length > 0) throw requestInvalid(faults);
}

async function refuseUnknownCategories(tx: Db, eventId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const rows = await tx
    .select({ id: ticketCategories.id })
    .from(ticketCategories)
    .where(eq(ticketCategories.eventId, eventId));
  const known = new Set(rows.map(({ id }) => id));
  const faults = ids.flatMap((id, index) =>
    known.has(id) ? [] : [inputFault(`audience.ticketCategoryIds.${index}`, 'field.not_allowed')],
  );
  if (faults.length > 0) throw requestInvalid(faults);
}
