import type { Config } from '../config.ts';
import { type Db, transaction } from '../platform/db.ts';
import type { Actors } from './actors.ts';
import { writeAudit } from './audit.ts';
import { linkInvalid } from './errors.ts';
import type { Passwords } from './passwords.ts';
import { endAllSessions } from './queries-sessions.ts';
import { findLiveStaffToken, setStaffPassword, useStaffToken, voidStaffTokens } from './queries-staff.ts';
import { readStaffToken } from './staff-token.ts';

/**
 * Sets a new password by a mailed link, once; every session and every other link of the member ends with the old one.
 * @throws DomainError access.link_invalid, service.busy
 */
export async function confirmPasswordReset(
  deps: { db: Db; passwords: Passwords; actors: Actors; config: Pick<Config, 'HASH_SECRET'> },
  input: { token: string; password: string },
): Promise<void> {
  const tokenId = readStaffToken(deps.config.HASH_SECRET, 'password_reset', input.token);
  if (tokenId === undefined || (await findLiveStaffToken(deps.db, tokenId)) === undefined) throw linkInvalid();
  const passwordHash = await deps.passwords.hash(input.password);
  const staffId = await transaction(deps.db, async (tx) => {
    const staffId = await useStaffToken(tx, tokenId, 'password_reset');
    const member = staffId === undefined ? undefined : await setStaffPassword(tx, staffId, 'active', { passwordHash });
    if (member === undefined) throw linkInvalid();
    await voidStaffTokens(tx, member.id);
    const sessionsEnded = await endAllSessions(tx, member.id);
    await writeAudit(tx, {
      actor: { kind: 'staff', id: member.id, organizerId: member.organizerId },
      act: 'staff.password_reset',
      subjectId: member.id,
      changes: { sessionsEnded },
    });
    return member.id;
  });
  deps.actors.forget(staffId);
}
