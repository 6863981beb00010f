import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { writeAudit } from '../audit/audit.ts';
import { normalizeEmail } from '../email.ts';
import { signInLimited, signInRefused } from '../errors.ts';
import { readKnownClient, signKnownClient, signedInFromKey, staffSubject } from './known-client.ts';
import { sessionHours, sessionsPerStaffMax } from '../limits.ts';
import { signIns } from '../metrics.ts';
import type { Passwords } from './passwords.ts';
import { wasSignedInFrom } from './queries.ts';
import { findActiveStaffByEmail } from '../staff/queries.ts';
import { signSessionToken } from './session-token.ts';
import { type TryLimiter, tryOf } from './try-limiter.ts';
import { type Session, type StaffMember, sessions, staff } from '../tables.ts';
import { and, eq, sql } from 'drizzle-orm';

type Deps = {
  db: Db;
  clock: Clock;
  passwords: Passwords;
  signInLimiter: TryLimiter;
  config: Pick<Config, 'JWT_SECRET' | 'HASH_SECRET'>;
};

/**
 * Signs a member in. An unknown address, a member who may not sign in and a wrong password get the same answer and cost one hash each.
 * Tries are counted per address, known or not, from each network and from all. Strangers cannot lock out a member who has a
 * `knownClientToken`, signs in from a known network, or makes the first try from a new one.
 * @throws DomainError session.refused, session.limited, service.busy
 */
export async function startSession(
  deps: Deps,
  input: { email: string; password: string; network: string; knownClientToken?: string | undefined },
): Promise<{ accessToken: string; expiresAt: Date; knownClientToken: string }> {
  const email = normalizeEmail(input.email);
  const { HASH_SECRET } = deps.config;
  const subject = staffSubject(HASH_SECRET, email);
  const networkKey = signedInFromKey(HASH_SECRET, email, input.network);
  const one = {
    ...tryOf(HASH_SECRET, 'sign_in', email, input.network),
    knownClient: readKnownClient(HASH_SECRET, subject, input.knownClientToken, deps.clock.now()),
    isKnownNetwork: () => wasSignedInFrom(deps.db, email, networkKey),
  };
  const { allowed, retryAfterSeconds } = await deps.signInLimiter.consume(one);
  if (!allowed) {
    signIns.inc({ result: 'limited' });
    throw signInLimited(retryAfterSeconds);
  }
  const member = await findActiveStaffByEmail(deps.db, email);
  const passwordHash = member?.passwordHash ?? null;
  const isRight = await deps.passwords.verify(input.password, passwordHash);
  const session =
    isRight && member !== undefined && passwordHash !== null
      ? await openSession(deps, member, { passwordHash, networkKey })
      : undefined;
  if (session === undefined) {
    signIns.inc({ result: 'refused' });
    throw signInRefused();
  }
  await deps.signInLimiter.reset(one);
  signIns.inc({ result: 'done' });
  return {
    accessToken: await signSessionToken(deps.config.JWT_SECRET, session),
    expiresAt: session.expiresAt,
    knownClientToken: signKnownClient(HASH_SECRET, subject, deps.clock.now()),
  };
}

function openSession(
  deps: Deps,
  member: StaffMember,
  by: { readonly passwordHash: string; readonly networkKey: string },
): Promise<Session | undefined> {
  return transaction(deps.db, async (tx) => {
    const id = newId('ses', deps.clock.now());
    const session = await insertSession(tx, { id, staffId: member.id, ...by, hours: sessionHours });
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

/**
 * Inserts a session, unless the member was disabled or the password changed after it was compared. The lock makes such a
 * change wait, so that it also ends this session, and lets sign-ins of one member count their sessions one after another.
 */
async function insertSession(
  tx: Db,
  session: { id: string; staffId: string; passwordHash: string; networkKey: string; hours: number },
): Promise<Session | undefined> {
  const [member] = await tx
    .select({ id: staff.id })
    .from(staff)
    .where(and(eq(staff.id, session.staffId), eq(staff.status, 'active'), eq(staff.passwordHash, session.passwordHash)))
    .for('no key update');
  if (member === undefined) return undefined;
  const [row] = await tx
    .insert(sessions)
    .values({
      id: session.id,
      staffId: session.staffId,
      networkKey: session.networkKey,
      // Whole seconds, as in the token.
      createdAt: sql`date_trunc('second', now())`,
      expiresAt: sql`date_trunc('second', now()) + make_interval(hours => ${session.hours})`,
    })
    .returning();
  return row;
}

/** Ends the member's oldest sessions beyond `max`. */
async function endSurplusSessions(tx: Db, staffId: string, max: number): Promise<void> {
  await tx.execute(sql`
    update sessions set ended_at = now()
    where id in (
      select id from sessions where staff_id = ${staffId} and ended_at is null order by id desc offset ${max}
    ) and ended_at is null`);
}
