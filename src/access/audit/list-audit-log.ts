import type { Db } from '../../platform/database/db.ts';
import { and, desc, eq, lt } from 'drizzle-orm';
import { type AuditEntry, auditLog, staff } from '../tables.ts';

export type AuditEntryWithName = AuditEntry & { readonly actorName: string | null };

/** The changes and who made them, newest first, up to `limit` + 1. Index: audit_log_organizer. */
export async function listAuditLog(
  deps: { db: Db },
  page: { organizerId: string; beforeId: number | undefined; limit: number },
): Promise<AuditEntryWithName[]> {
  const rows = await deps.db
    .select({ entry: auditLog, actorName: staff.name })
    .from(auditLog)
    .leftJoin(staff, and(eq(staff.id, auditLog.actorId), eq(staff.organizerId, auditLog.organizerId)))
    .where(
      and(
        eq(auditLog.organizerId, page.organizerId),
        page.beforeId === undefined ? undefined : lt(auditLog.id, page.beforeId),
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(page.limit + 1);
  return rows.map(({ entry, actorName }) => ({ ...entry, actorName }));
}
