import type { Config } from '../config.ts';
import type { Clock } from '../platform/clock.ts';
import { hmacSha256Text } from '../platform/crypto.ts';
import { type Db, transaction } from '../platform/db.ts';
import { newId } from '../platform/ids.ts';
import { writeAudit } from './audit.ts';
import { normalizeEmail } from './email.ts';
import { signInLimited, signInRefused } from './errors.ts';
import { sessionHours, sessionsPerStaffMax } from './limits.ts';
import { signIns } from './metrics.ts';
import type { Passwords } from './passwords.ts';
import { endSurplusSessions, insertSession } from './queries-sessions.ts';
import { findActiveStaffByEmail } from './queries-staff.ts';
import { signSessionToken } from './session-token.ts';
import type { SignInLimiter } from './sign-in-limiter.ts';
import type { Session, StaffMember } from './tables.ts';

type Deps = {
  db: Db;
  clock: Clock;
  passwords: Passwords;
  signInLimiter: SignInLimiter;
  config: Pick<Config, 'JWT_SECRET' | 'HASH_SECRET'>;
};

/**
 * Signs a member in. An unknown address, a member who may not sign in and a wrong password get one answer and cost one
 * hash each; tries are counted per address, known or not, from each network and from all.
 * @throws DomainError session.refused, session.limited, service.busy
 */
export async function startSession(
  deps: Deps,
  input: { email: string; password: string; network: string },
): Promise<{ accessToken: string; expiresAt: Date }> {
  const email = normalizeEmail(input.email);
  const keyOf = (text: string) => hmacSha256Text(deps.config.HASH_SECRET, `sign_in.v1\0${text}`);
  const [accountKey, accountHereKey] = [keyOf(email), keyOf(`${email}\0${input.network}`)];
  const { allowed, retryAfterSeconds } = await deps.signInLimiter.consume(accountKey, accountHereKey);
  if (!allowed) {
    signIns.inc({ result: 'limited' });
    throw signInLimited(retryAfterSeconds);
  }
  const member = await findActiveStaffByEmail(deps.db, email);
  const passwordHash = member?.passwordHash ?? null;
  const isRight = await deps.passwords.verify(input.password, passwordHash);
  const session =
    isRight && member !== undefined && passwordHash !== null
      ? await openSession(deps, member, passwordHash)
      : undefined;
  if (session === undefined) {
    signIns.inc({ result: 'refused' });
    throw signInRefused();
  }
  await deps.signInLimiter.reset(accountKey, accountHereKey);
  signIns.inc({ result: 'done' });
  return {
    accessToken: await signSessionToken(deps.config.JWT_SECRET, session),
    expiresAt: session.expiresAt,
  };
}

function openSession(deps: Deps, member: StaffMember, passwordHash: string): Promise<Session | undefined> {
  return transaction(deps.db, async (tx) => {
    const id = newId('ses', deps.clock.now());
    const session = await insertSession(tx, { id, staffId: member.id, passwordHash, hours: sessionHours });
    if (session === undefined) return undefined;
    await endSurplusSessions(tx, member.id, sessionsPerStaffMax);
    await writeAudit(tx, {
      actor: { kind: 'staff', id: member.id, organizerId: member.organizerId },
      act: 'session.started',
      subjectId: id,
    });
    return session;
  });
}
