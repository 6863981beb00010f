import { and, desc, eq, lt, sql } from 'drizzle-orm';
import type { Db } from '../platform/database/db.ts';
import { rowsOf } from '../platform/database/db.ts';
import { purgeBatchMax } from './limits.ts';
import { type AuditEntry, type Organizer, auditLog, organizers, staff } from './tables.ts';

/** Undefined when the slug is taken. */
export async function insertOrganizer(
  db: Db,
  organizer: { id: string; slug: string; name: string },
): Promise<Organizer | undefined> {
  const [row] = await db
    .insert(organizers)
    .values(organizer)
    .onConflictDoNothing({ target: organizers.slug })
    .returning();
  return row;
}

export async function findOrganizer(db: Db, organizerId: string): Promise<Organizer | undefined> {
  const [row] = await db.select().from(organizers).where(eq(organizers.id, organizerId));
  return row;
}

/**
 * Makes changes to one organiser's staff, keys and devices take turns, so that counts and "the last owner" are decided
 * on what is really there. The rows' own foreign keys do not wait for it.
 */
export async function lockOrganizer(tx: Db, organizerId: string): Promise<void> {
  await tx.select({ id: organizers.id }).from(organizers).where(eq(organizers.id, organizerId)).for('no key update');
}

export async function insertAuditEntry(tx: Db, entry: typeof auditLog.$inferInsert): Promise<void> {
  await tx.insert(auditLog).values(entry);
}

export type AuditEntryWithName = AuditEntry & { readonly actorName: string | null };

/** Newest first, one more than `limit`; by audit_log_organizer. */
export async function findAuditEntries(
  db: Db,
  organizerId: string,
  page: { beforeId: number | undefined; limit: number },
): Promise<AuditEntryWithName[]> {
  const rows = await db
    .select({ entry: auditLog, actorName: staff.name })
    .from(auditLog)
    .leftJoin(staff, and(eq(staff.id, auditLog.actorId), eq(staff.organizerId, auditLog.organizerId)))
    .where(
      and(
        eq(auditLog.organizerId, organizerId),
        page.beforeId === undefined ? undefined : lt(auditLog.id, page.beforeId),
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(page.limit + 1);
  return rows.map(({ entry, actorName }) => ({ ...entry, actorName }));
}

/** Removes a bounded number of sessions and links that ended long ago; how many it removed. */
export async function deleteEndedRows(db: Db, keptDays: number): Promise<number> {
  const old = sql`now() - make_interval(days => ${keptDays})`;
  const removed = await rowsOf<{ id: string }>(
    db,
    sql`
      with ended_sessions as (
        delete from sessions where id in (
          select id from sessions where least(ended_at, expires_at) < ${old} limit ${purgeBatchMax}
        ) returning id
      ), ended_tokens as (
        delete from staff_tokens where id in (
          select id from staff_tokens where expires_at < ${old} limit ${purgeBatchMax}
        ) returning id
      )
      select id from ended_sessions union all select id from ended_tokens`,
  );
  return removed.length;
}

export async function demoStaffIds(db: Db): Promise<string[]> {
  const rows = await db.select({ id: staff.id }).from(staff).where(eq(staff.isDemo, true)).limit(1);
  return rows.map(({ id }) => id);
}
