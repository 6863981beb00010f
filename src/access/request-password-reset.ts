import type { Clock } from '../platform/clock.ts';
import { type Db, transaction } from '../platform/db.ts';
import { newId } from '../platform/ids.ts';
import { stage } from '../platform/outbox.ts';
import { normalizeEmail } from './email.ts';
import { staffPasswordReset } from './jobs.ts';
import { passwordResetHours, passwordResetsPerStaffMax } from './limits.ts';
import { insertResetToken, lockActiveStaffByEmail } from './queries-staff-tokens.ts';

/**
 * Mails a reset link, if a member with this address may sign in. Known or not, the same statements run, a job is staged
 * and the transaction is written to disk: neither the answer nor its time tells which addresses are known.
 */
export async function requestPasswordReset(deps: { db: Db; clock: Clock }, input: { email: string }): Promise<void> {
  const tokenId = newId('tok', deps.clock.now());
  await transaction(deps.db, async (tx) => {
    const staffId = await lockActiveStaffByEmail(tx, normalizeEmail(input.email));
    await insertResetToken(tx, {
      id: tokenId,
      staffId,
      hours: passwordResetHours,
      liveMax: passwordResetsPerStaffMax,
    });
    await stage(tx, staffPasswordReset, { tokenId });
  });
}
