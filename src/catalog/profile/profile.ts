import { and, desc, eq, gt, ne, sql } from 'drizzle-orm';
import { type Actor, lockOrganizer, writeAudit } from '../../access/index.ts';
import type { CachedReads } from '../../http/public-cache/cached-reads.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { eventTag } from '../public/public-kinds.ts';
import { events, organizerProfiles } from '../tables.ts';
import type { OrganizerProfile } from './schemas.ts';

/** Events whose cached documents a change outdates at once. The documents of older events expire by their lifetime. */
const eventsTold = 500;

/** The organizer's profile; empty if it has none yet. */
export async function showProfile(deps: { readonly db: Db }, organizerId: string): Promise<OrganizerProfile> {
  const [row] = await deps.db
    .select()
    .from(organizerProfiles)
    .where(eq(organizerProfiles.organizerId, organizerId))
    .limit(1);
  return presentProfile(row);
}

/** Replaces the organizer's profile. The audit log names the fields that changed, not their texts. */
export async function setProfile(
  deps: { readonly db: Db; readonly clock: Clock; readonly cachedReads: Pick<CachedReads, 'changed'> },
  { actor, profile }: { readonly actor: Actor; readonly profile: OrganizerProfile },
): Promise<OrganizerProfile> {
  const { organizerId } = actor;
  const { contact, privacy, terms } = profile;
  await transaction(deps.db, async (tx) => {
    await lockOrganizer(tx, organizerId);
    const before = await showProfile({ db: tx }, organizerId);
    const fields = (['contact', 'privacy', 'terms'] as const).filter(
      (field) => JSON.stringify(before[field]) !== JSON.stringify(profile[field]),
    );
    if (fields.length === 0) return;
    const values = {
      contactEmail: contact.email,
      contactPhone: contact.phone,
      privacyId: privacy.id,
      privacyEn: privacy.en,
      termsId: terms.id,
      termsEn: terms.en,
    };
    await tx
      .insert(organizerProfiles)
      .values({ organizerId, ...values })
      .onConflictDoUpdate({ target: organizerProfiles.organizerId, set: { ...values, changedAt: sql`now()` } });
    await writeAudit(tx, { actor, act: 'organizer.profile_set', subjectId: organizerId, changes: { fields } });
  });
  await deps.cachedReads.changed(await tagsOfEvents(deps, organizerId));
  return profile;
}

async function tagsOfEvents({ db, clock }: { db: Db; clock: Clock }, organizerId: string): Promise<string[]> {
  const shown = await db
    .select({ id: events.id })
    .from(events)
    .where(and(eq(events.organizerId, organizerId), ne(events.status, 'draft'), gt(events.endsAt, clock.now())))
    .orderBy(desc(events.id))
    .limit(eventsTold);
  return shown.map(({ id }) => eventTag(id));
}

function presentProfile(row: typeof organizerProfiles.$inferSelect | undefined): OrganizerProfile {
  return {
    contact: { email: row?.contactEmail ?? null, phone: row?.contactPhone ?? null },
    privacy: { id: row?.privacyId ?? '', en: row?.privacyEn ?? '' },
    terms: { id: row?.termsId ?? '', en: row?.termsEn ?? '' },
  };
}
