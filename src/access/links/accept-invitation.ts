import type { Config } from '../../config.ts';
import { violatedConstraint } from '../../platform/database/db-errors.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { writeAudit } from '../audit/audit.ts';
import { linkInvalid, staffEmailInUse } from '../errors.ts';
import type { Passwords } from '../sessions/passwords.ts';
import { setStaffPassword } from '../staff/queries.ts';
import { findLiveStaffToken, useStaffToken, voidStaffTokens } from './queries.ts';
import { readStaffToken } from './staff-link.ts';

/**
 * Accepts an invitation once: sets name and password, so that the member may sign in. If the address already signs in for another
 * organiser, the link stays valid and works once that membership has ended.
 * @throws DomainError access.link_invalid, staff.email_in_use, service.busy
 */
export async function acceptInvitation(
  deps: { db: Db; passwords: Passwords; config: Pick<Config, 'HASH_SECRET'> },
  input: { token: string; name: string; password: string },
): Promise<void> {
  const tokenId = readStaffToken(deps.config.HASH_SECRET, 'invitation', input.token);
  if (tokenId === undefined || (await findLiveStaffToken(deps.db, tokenId)) === undefined) throw linkInvalid();
  const passwordHash = await deps.passwords.hash(input.password);
  const accepted = transaction(deps.db, async (tx) => {
    const staffId = await useStaffToken(tx, tokenId, 'invitation');
    const member =
      staffId === undefined
        ? undefined
        : await setStaffPassword(tx, staffId, 'invited', { name: input.name, passwordHash });
    if (member === undefined) throw linkInvalid();
    await voidStaffTokens(tx, member.id);
    await writeAudit(tx, {
      actor: { kind: 'staff', id: member.id, organizerId: member.organizerId },
      act: 'staff.accepted',
      subjectId: member.id,
    });
  });
  await accepted.catch((error: unknown) => {
    throw violatedConstraint(error) === 'staff_email_active' ? staffEmailInUse() : error;
  });
}
