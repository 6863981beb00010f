import type { Config } from '../../config.ts';
import { invariant } from '../../platform/assert.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { writeAudit } from '../audit/audit.ts';
import { normalizeEmail } from '../email.ts';
import { organizerSlugTaken, signUpClosed, staffEmailInUse } from '../errors.ts';
import { staffInvited } from '../jobs.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { invitationHours } from '../limits.ts';
import { findActiveStaffByEmail, insertStaff } from './queries.ts';
import { insertStaffToken } from '../links/queries.ts';
import { staffLink } from '../links/staff-link.ts';
import { type Organizer, type StaffToken, organizers } from '../tables.ts';

export type CreateOrganizerInput = {
  readonly slug: string;
  readonly name: string;
  readonly ownerEmail: string;
  readonly ownerName: string;
  readonly locale: 'id' | 'en';
};

/**
 * Creates an organiser for anybody, where the operator allows it. The first owner's link goes by mail to the address,
 * and opening it confirms the address. The answer is the same for every address: only accepting the invitation reveals whether
 * it signs in elsewhere.
 * @throws DomainError organizer.sign_up_closed, organizer.slug_taken
 */
export async function signUp(
  deps: { db: Db; clock: Clock; config: Pick<Config, 'SELF_SIGN_UP'> },
  input: CreateOrganizerInput,
): Promise<void> {
  if (!deps.config.SELF_SIGN_UP) throw signUpClosed();
  const now = deps.clock.now();
  const ids = { organizerId: newId('org', now), ownerId: newId('stf', now), tokenId: newId('tok', now) };
  await transaction(deps.db, async (tx) => {
    await insertWithOwner(tx, ids, input, 'sign-up');
    await stage(tx, staffInvited, { tokenId: ids.tokenId });
  });
}

/**
 * Creates an organiser and invites its first owner. Only an operator's command does this. No mail is sent: the operator
 * hands the link over.
 * @throws DomainError organizer.slug_taken, staff.email_in_use if the owner's address signs in for another organiser
 */
export async function createOrganizer(
  deps: { db: Db; clock: Clock; config: Pick<Config, 'HASH_SECRET' | 'PUBLIC_URL'> },
  input: CreateOrganizerInput,
): Promise<{ organizerId: string; ownerId: string; link: string; expiresAt: Date }> {
  const now = deps.clock.now();
  const [organizerId, ownerId, tokenId] = [newId('org', now), newId('stf', now), newId('tok', now)];
  const token = await transaction(deps.db, async (tx) => {
    const made = await insertWithOwner(tx, { organizerId, ownerId, tokenId }, input, 'create-organizer');
    if ((await findActiveStaffByEmail(tx, normalizeEmail(input.ownerEmail))) !== undefined) throw staffEmailInUse();
    return made;
  });
  return { organizerId, ownerId, link: staffLink(deps.config, token), expiresAt: token.expiresAt };
}

type Ids = { readonly organizerId: string; readonly ownerId: string; readonly tokenId: string };

/** @param by the author in the audit log: the operator's command, or the operator's permission to sign up */
async function insertWithOwner(
  tx: Db,
  { organizerId, ownerId, tokenId }: Ids,
  input: CreateOrganizerInput,
  by: 'create-organizer' | 'sign-up',
): Promise<StaffToken> {
  if ((await insertOrganizer(tx, { id: organizerId, slug: input.slug, name: input.name })) === undefined) {
    throw organizerSlugTaken(input.slug);
  }
  const owner = await insertStaff(tx, {
    id: ownerId,
    organizerId,
    email: normalizeEmail(input.ownerEmail),
    name: input.ownerName,
    role: 'owner',
    status: 'invited',
    locale: input.locale,
  });
  invariant(owner !== undefined, 'a new organiser has no members');
  const actor = { kind: 'operator', id: by, organizerId } as const;
  await writeAudit(tx, { actor, act: 'organizer.created', subjectId: organizerId, changes: { slug: input.slug } });
  await writeAudit(tx, { actor, act: 'staff.invited', subjectId: ownerId, changes: { role: 'owner' } });
  return insertStaffToken(tx, { id: tokenId, staffId: ownerId, purpose: 'invitation', hours: invitationHours });
}

/** Undefined if the slug is taken. */
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
