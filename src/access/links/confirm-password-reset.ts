import type { Config } from '../../config.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { reachOf } from '../actor.ts';
import type { Actors } from '../actors.ts';
import { writeAudit } from '../audit/audit.ts';
import { linkInvalid } from '../errors.ts';
import { type Keep, endMadeAccess, findMadeAccess, refuseWithoutChoice } from '../staff/made-access.ts';
import type { Passwords } from '../sessions/passwords.ts';
import { lockOrganizer } from '../queries.ts';
import { endAllSessions } from '../sessions/queries.ts';
import { setStaffPassword } from '../staff/queries.ts';
import { findLiveStaffToken, useStaffToken, voidStaffTokens } from './queries.ts';
import { readStaffToken } from './staff-link.ts';

/**
 * Sets a new password by a mailed link, once. Every session and every other link of the member ends. An intruder may
 * have made the member's API keys, devices and open invitations. If there are any, `keep` must name those that stay,
 * and the others end. Without `keep` nothing changes and the link stays valid.
 * @throws DomainError access.link_invalid, access.choice_needed, access.keep_unknown, service.busy
 */
export async function confirmPasswordReset(
  deps: { db: Db; passwords: Passwords; actors: Actors; config: Pick<Config, 'HASH_SECRET'> },
  input: { token: string; password: string; keep?: Keep | undefined },
): Promise<void> {
  const tokenId = readStaffToken(deps.config.HASH_SECRET, 'password_reset', input.token);
  const found = tokenId === undefined ? undefined : await findLiveStaffToken(deps.db, tokenId);
  if (tokenId === undefined || found === undefined) throw linkInvalid();
  const { organizerId } = found.member;
  refuseWithoutChoice(await findMadeAccess(deps.db, organizerId, found.member.id), input.keep);
  const passwordHash = await deps.passwords.hash(input.password);
  const ended = await transaction(deps.db, async (tx) => {
    // The lock keeps others from creating access while this transaction reads what exists.
    await lockOrganizer(tx, organizerId);
    const staffId = await useStaffToken(tx, tokenId, 'password_reset');
    const member = staffId === undefined ? undefined : await setStaffPassword(tx, staffId, 'active', { passwordHash });
    if (member === undefined) throw linkInvalid();
    refuseWithoutChoice(await findMadeAccess(tx, organizerId, member.id), input.keep);
    await voidStaffTokens(tx, member.id);
    const sessionsEnded = await endAllSessions(tx, member.id);
    const by = { kind: 'staff', id: member.id, organizerId, ...reachOf(member) } as const;
    await writeAudit(tx, {
      actor: by,
      act: 'staff.password_reset',
      subjectId: member.id,
      changes: { sessionsEnded },
    });
    const because = 'staff.password_reset';
    return [member.id, ...(await endMadeAccess(tx, { by, makerId: member.id, keep: input.keep ?? [], because }))];
  });
  for (const id of ended) deps.actors.forget(id);
}
