import { type SQL, and, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';
import { rowsOf } from '../../platform/database/db.ts';
import type { ApiKeyActor, DeviceActor, StaffActor } from '../actor.ts';
import { type Session, apiKeys, devices, organizers, sessions, staff } from '../tables.ts';

const live = and(isNull(sessions.endedAt), gt(sessions.expiresAt, sql`now()`));

/** Who is behind a session that lives; by primary keys alone. */
export async function findSessionActor(
  db: Db,
  sessionId: string,
  staffId: string,
): Promise<Omit<StaffActor, 'kind'> | undefined> {
  const [row] = await db
    .select({
      id: staff.id,
      organizerId: staff.organizerId,
      organizerSlug: organizers.slug,
      role: staff.role,
      sessionId: sessions.id,
    })
    .from(sessions)
    .innerJoin(staff, eq(staff.id, sessions.staffId))
    .innerJoin(organizers, eq(organizers.id, staff.organizerId))
    .where(and(eq(sessions.id, sessionId), eq(staff.id, staffId), eq(staff.status, 'active'), live));
  return row;
}

export function findApiKeyActor(db: Db, keyHash: Buffer): Promise<Omit<ApiKeyActor, 'kind'> | undefined> {
  return selectApiKeyActor(db, eq(apiKeys.keyHash, keyHash));
}

export function findLiveApiKeyActor(db: Db, keyId: string): Promise<Omit<ApiKeyActor, 'kind'> | undefined> {
  return selectApiKeyActor(db, eq(apiKeys.id, keyId));
}

async function selectApiKeyActor(db: Db, which: SQL): Promise<Omit<ApiKeyActor, 'kind'> | undefined> {
  const [row] = await db
    .select({
      id: apiKeys.id,
      organizerId: apiKeys.organizerId,
      organizerSlug: organizers.slug,
      role: apiKeys.role,
    })
    .from(apiKeys)
    .innerJoin(organizers, eq(organizers.id, apiKeys.organizerId))
    .where(and(which, isNull(apiKeys.endedAt)));
  return row;
}

export async function findDeviceActor(
  db: Db,
  tokenHash: Buffer,
): Promise<Omit<DeviceActor, 'kind' | 'role'> | undefined> {
  const [row] = await db
    .select({
      id: devices.id,
      organizerId: devices.organizerId,
      organizerSlug: organizers.slug,
      eventId: devices.eventId,
    })
    .from(devices)
    .innerJoin(organizers, eq(organizers.id, devices.organizerId))
    .where(and(eq(devices.tokenHash, tokenHash), isNull(devices.endedAt)));
  return row;
}

/**
 * Starts a session, unless the member was disabled or the password changed since it was compared. The share lock makes
 * such a change wait, and then end this session too.
 */
export async function insertSession(
  tx: Db,
  session: { id: string; staffId: string; passwordHash: string; networkKey: string; hours: number },
): Promise<Session | undefined> {
  const [member] = await tx
    .select({ id: staff.id })
    .from(staff)
    .where(and(eq(staff.id, session.staffId), eq(staff.status, 'active'), eq(staff.passwordHash, session.passwordHash)))
    .for('share');
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

/**
 * Whether somebody has signed in with this address from this network while the sessions are kept. By staff_email_active and
 * sessions_network; an unknown address takes the same way.
 */
export async function wasSignedInFrom(db: Db, email: string, networkKey: string): Promise<boolean> {
  const rows = await db
    .select({ id: sessions.id })
    .from(sessions)
    .innerJoin(staff, eq(staff.id, sessions.staffId))
    .where(and(eq(staff.email, email), eq(staff.status, 'active'), eq(sessions.networkKey, networkKey)))
    .limit(1);
  return rows.length > 0;
}

/** Ends the member's oldest sessions beyond `max`. */
export async function endSurplusSessions(tx: Db, staffId: string, max: number): Promise<void> {
  await tx.execute(sql`
    update sessions set ended_at = now()
    where id in (
      select id from sessions where staff_id = ${staffId} and ended_at is null order by id desc offset ${max}
    ) and ended_at is null`);
}

export async function endSessionRow(tx: Db, staffId: string, sessionId: string): Promise<boolean> {
  const rows = await tx
    .update(sessions)
    .set({ endedAt: sql`now()` })
    .where(and(eq(sessions.id, sessionId), eq(sessions.staffId, staffId), live))
    .returning({ id: sessions.id });
  return rows.length > 0;
}

/** How many it ended. */
export async function endAllSessions(tx: Db, staffId: string): Promise<number> {
  const rows = await rowsOf<{ id: string }>(
    tx,
    sql`update sessions set ended_at = now() where staff_id = ${staffId} and ended_at is null returning id`,
  );
  return rows.length;
}

/** Newest first; there are never more than the limit per member. */
export async function findLiveSessions(db: Db, staffId: string): Promise<Session[]> {
  return db
    .select()
    .from(sessions)
    .where(and(eq(sessions.staffId, staffId), live))
    .orderBy(desc(sessions.id));
}

export async function findSession(db: Db, sessionId: string): Promise<Session | undefined> {
  const [row] = await db.select().from(sessions).where(eq(sessions.id, sessionId));
  return row;
}
