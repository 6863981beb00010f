import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { type ApiKeyActor, type DeviceActor, type StaffActor, reachOf } from '../actor.ts';
import { type Session, apiKeys, devices, organizers, sessions, staff } from '../tables.ts';

const live = and(isNull(sessions.endedAt), gt(sessions.expiresAt, sql`now()`));

/** The staff member of a live session. Uses primary keys only. */
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
      eventIds: staff.eventIds,
      managerEventIds: staff.managerEventIds,
    })
    .from(sessions)
    .innerJoin(staff, eq(staff.id, sessions.staffId))
    .innerJoin(organizers, eq(organizers.id, staff.organizerId))
    .where(and(eq(sessions.id, sessionId), eq(staff.id, staffId), eq(staff.status, 'active'), live));
  return row && { ...row, ...reachOf(row) };
}

export async function findApiKeyActor(
  db: Db,
  by: { readonly keyHash: Buffer } | { readonly id: string },
): Promise<Omit<ApiKeyActor, 'kind'> | undefined> {
  const isIt = 'id' in by ? eq(apiKeys.id, by.id) : eq(apiKeys.keyHash, by.keyHash);
  const [row] = await db
    .select({
      id: apiKeys.id,
      organizerId: apiKeys.organizerId,
      organizerSlug: organizers.slug,
      role: apiKeys.role,
      scopes: apiKeys.scopes,
    })
    .from(apiKeys)
    .innerJoin(organizers, eq(organizers.id, apiKeys.organizerId))
    .where(and(isIt, isNull(apiKeys.endedAt)));
  return row && { ...row, scopes: row.scopes ?? undefined };
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
 * Whether somebody has signed in with this address from this network, as far as sessions are kept. Indexes:
 * staff_email_active, sessions_network. An unknown address takes the same steps.
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

export async function endSessionRow(tx: Db, staffId: string, sessionId: string): Promise<boolean> {
  const rows = await tx
    .update(sessions)
    .set({ endedAt: sql`now()` })
    .where(and(eq(sessions.id, sessionId), eq(sessions.staffId, staffId), live))
    .returning({ id: sessions.id });
  return rows.length > 0;
}

/** Returns the number of sessions that it ended. */
export async function endAllSessions(tx: Db, staffId: string): Promise<number> {
  const rows = await rowsOf<{ id: string }>(
    tx,
    sql`update sessions set ended_at = now() where staff_id = ${staffId} and ended_at is null returning id`,
  );
  return rows.length;
}

/** Newest first. The limit per member bounds the list. */
export async function findLiveSessions(db: Db, staffId: string): Promise<Session[]> {
  return db
    .select()
    .from(sessions)
    .where(and(eq(sessions.staffId, staffId), live))
    .orderBy(desc(sessions.id));
}
