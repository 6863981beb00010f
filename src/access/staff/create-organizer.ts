import type { Config } from '../../config.ts';
import { invariant } from '../../platform/assert.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { writeAudit } from '../audit/audit.ts';
import { normalizeEmail } from '../email.ts';
import { organizerSlugTaken, staffEmailInUse } from '../errors.ts';
import { invitationHours } from '../limits.ts';
import { findActiveStaffByEmail, insertStaff } from './queries.ts';
import { insertStaffToken } from '../links/queries.ts';
import { staffLink } from '../links/staff-link.ts';
import { type Organizer, organizers } from '../tables.ts';

export type CreateOrganizerInput = {
  readonly slug: string;
  readonly name: string;
  readonly ownerEmail: string;
  readonly ownerName: string;
  readonly locale: 'id' | 'en';
};

/**
 * Creates an organiser and invites its first owner. Only an operator's command does this. No mail is sent: the operator hands the link
 * over.
 * @throws DomainError organizer.slug_taken, staff.email_in_use when the owner's address signs in for another organiser
 */
export async function createOrganizer(
  deps: { db: Db; clock: Clock; config: Pick<Config, 'HASH_SECRET' | 'PUBLIC_URL'> },
  input: CreateOrganizerInput,
): Promise<{ organizerId: string; ownerId: string; link: string; expiresAt: Date }> {
  const now = deps.clock.now();
  const [organizerId, ownerId, tokenId] = [newId('org', now), newId('stf', now), newId('tok', now)];
  const token = await transaction(deps.db, async (tx) => {
    if ((await insertOrganizer(tx, { id: organizerId, slug: input.slug, name: input.name })) === undefined) {
      throw organizerSlugTaken(input.slug);
    }
    const email = normalizeEmail(input.ownerEmail);
    if ((await findActiveStaffByEmail(tx, email)) !== undefined) throw staffEmailInUse();
    const owner = await insertStaff(tx, {
      id: ownerId,
      organizerId,
      email,
      name: input.ownerName,
      role: 'owner',
      status: 'invited',
      locale: input.locale,
    });
    invariant(owner !== undefined, 'a new organiser has no members');
    const actor = { kind: 'operator', id: 'create-organizer', organizerId } as const;
    await writeAudit(tx, { actor, act: 'organizer.created', subjectId: organizerId, changes: { slug: input.slug } });
    await writeAudit(tx, { actor, act: 'staff.invited', subjectId: ownerId, changes: { role: 'owner' } });
    return insertStaffToken(tx, { id: tokenId, staffId: ownerId, purpose: 'invitation', hours: invitationHours });
  });
  return { organizerId, ownerId, link: staffLink(deps.config, token), expiresAt: token.expiresAt };
}

/** Undefined when the slug is taken. */
async function insertOrganizer(
  db: Db,
  organizer: { id: string; slug: string; name: string },
): Promise<Organizer | undefined> {
  const [row] = await db
    .insert(organizers)
    .values(organizer)
    .onConflictDoNothing({ target: organizers.slug })
    .returning();
  return row;
}
