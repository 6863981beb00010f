import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { normalizeEmail } from '../email.ts';
import { linkLimited } from '../errors.ts';
import { staffPasswordReset } from '../jobs.ts';
import { readKnownClient, signedInFromKey, staffSubject } from '../sessions/known-client.ts';
import { passwordResetHours, passwordResetsPerStaffMax } from '../limits.ts';
import { wasSignedInFrom } from '../sessions/queries.ts';
import { type TryLimiter, tryOf } from '../sessions/try-limiter.ts';
import { and, eq, sql } from 'drizzle-orm';
import { staff } from '../tables.ts';

/**
 * Mails a reset link if a member with this address may sign in. For an unknown address the same statements run, a job
 * is staged and the transaction is written to disk, so neither the answer nor its time reveals which addresses are
 * known. Links are counted per address, known or not.
 * @throws DomainError access.link_limited
 */
export async function requestPasswordReset(
  deps: { db: Db; clock: Clock; passwordResetLimiter: TryLimiter; config: Pick<Config, 'HASH_SECRET'> },
  input: { email: string; network: string; knownClientToken?: string | undefined },
): Promise<void> {
  const email = normalizeEmail(input.email);
  const { HASH_SECRET } = deps.config;
  const { allowed, retryAfterSeconds } = await deps.passwordResetLimiter.consume({
    ...tryOf(HASH_SECRET, 'password_reset', email, input.network),
    knownClient: readKnownClient(
      HASH_SECRET,
      staffSubject(HASH_SECRET, email),
      input.knownClientToken,
      deps.clock.now(),
    ),
    isKnownNetwork: () => wasSignedInFrom(deps.db, email, signedInFromKey(HASH_SECRET, email, input.network)),
  });
  if (!allowed) throw linkLimited(retryAfterSeconds);
  const tokenId = newId('tok', deps.clock.now());
  await transaction(deps.db, async (tx) => {
    const staffId = await lockActiveStaffByEmail(tx, email);
    await insertResetToken(tx, {
      id: tokenId,
      staffId,
      hours: passwordResetHours,
      liveMax: passwordResetsPerStaffMax,
    });
    await stage(tx, staffPasswordReset, { tokenId });
  });
}

/**
 * Locks the member with this address, if one may sign in. Then `insertResetToken` sees every earlier reset, so that
 * copies of one request in the same instant count each other.
 */
async function lockActiveStaffByEmail(tx: Db, email: string): Promise<string | undefined> {
  const [row] = await tx
    .select({ id: staff.id })
    .from(staff)
    .where(and(eq(staff.email, email), eq(staff.status, 'active')))
    .for('no key update');
  return row?.id;
}

/** Makes a reset link, unless there is no such member, or too many live links exist. */
async function insertResetToken(
  tx: Db,
  token: { id: string; staffId: string | undefined; hours: number; liveMax: number },
): Promise<void> {
  await tx.execute(sql`
    insert into staff_tokens (id, staff_id, purpose, expires_at)
    select ${token.id}, s.id, 'password_reset', now() + make_interval(hours => ${token.hours})
    from staff s
    where s.id = ${token.staffId ?? ''}
      and (select count(*) from staff_tokens t
           where t.staff_id = s.id and t.purpose = 'password_reset' and t.expires_at > now()) < ${token.liveMax}`);
}
