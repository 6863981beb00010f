import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { writeAudit } from '../audit/audit.ts';
import { normalizeEmail } from '../email.ts';
import { staffNotFound } from '../errors.ts';
import { invitationHours, passwordResetHours } from '../limits.ts';
import { lockOrganizer } from '../queries.ts';
import { findStaff } from '../staff/queries.ts';
import { insertStaffToken, voidStaffTokens } from './queries.ts';
import { staffLink } from './staff-link.ts';
import { type StaffTokenPurpose, type StaffMember, organizers, staff } from '../tables.ts';
import { and, eq, ne } from 'drizzle-orm';

/**
 * Makes a new link for a member whose mail does not arrive; earlier links become void. Only an operator's command does
 * this, and the operator hands the link over.
 * @param input.organizerSlug which of several organisers that have invited the address; default: the one it signs in
 * for
 * @throws DomainError staff.not_found, also for a disabled member, whom only the organiser may invite again
 */
export async function createStaffLink(
  deps: { db: Db; clock: Clock; config: Pick<Config, 'HASH_SECRET' | 'PUBLIC_URL'> },
  input: { email: string; organizerSlug?: string | undefined },
): Promise<{ purpose: StaffTokenPurpose; link: string; expiresAt: Date }> {
  const token = await transaction(deps.db, async (tx) => {
    const known = await findStaffForLink(tx, normalizeEmail(input.email), input.organizerSlug);
    if (known === undefined) throw staffNotFound();
    await lockOrganizer(tx, known.organizerId);
    const member = await findStaff(tx, known.organizerId, known.id);
    if (member === undefined || member.status === 'disabled') throw staffNotFound();
    const purpose = member.status === 'invited' ? 'invitation' : 'password_reset';
    await voidStaffTokens(tx, member.id);
    await writeAudit(tx, {
      actor: { kind: 'operator', id: 'create-staff-link', organizerId: member.organizerId },
      act: 'staff.link_created',
      subjectId: member.id,
      changes: { purpose },
    });
    return insertStaffToken(tx, {
      id: newId('tok', deps.clock.now()),
      staffId: member.id,
      purpose,
      hours: purpose === 'invitation' ? invitationHours : passwordResetHours,
    });
  });
  return { purpose: token.purpose, link: staffLink(deps.config, token), expiresAt: token.expiresAt };
}

/** The member that an operator means: the active one with this address, otherwise the only invited one. */
async function findStaffForLink(
  db: Db,
  email: string,
  organizerSlug: string | undefined,
): Promise<StaffMember | undefined> {
  const rows = await db
    .select({ member: staff })
    .from(staff)
    .innerJoin(organizers, eq(organizers.id, staff.organizerId))
    .where(
      and(
        eq(staff.email, email),
        ne(staff.status, 'disabled'),
        organizerSlug === undefined ? undefined : eq(organizers.slug, organizerSlug),
      ),
    );
  const active = rows.find(({ member }) => member.status === 'active');
  return active?.member ?? (rows.length === 1 ? rows[0]?.member : undefined);
}
