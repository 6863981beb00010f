import type { Db } from '../../platform/database/db.ts';
import { type SQL, and, desc, eq, gte, lt, sql } from 'drizzle-orm';
import { type AuditActorKind, type AuditEntry, auditLog, staff } from '../tables.ts';

export type AuditEntryWithName = AuditEntry & { readonly actorName: string | null };

/** Entries that match every given filter. */
export type AuditFilter = {
  readonly actorKind?: AuditActorKind | undefined;
  readonly actorId?: string | undefined;
  /** One act, or the noun before its dot for all acts on it. */
  readonly act?: string | undefined;
  readonly subjectId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

/**
 * The changes and who made them, newest first, up to `limit` + 1. Indexes: audit_log_organizer, _actor, _time and
 * _subject.
 */
export async function listAuditLog(
  deps: { db: Db },
  page: AuditFilter & { organizerId: string; beforeId: number | undefined; limit: number },
): Promise<AuditEntryWithName[]> {
  const rows = await deps.db
    .select({ entry: auditLog, actorName: staff.name })
    .from(auditLog)
    .leftJoin(staff, and(eq(staff.id, auditLog.actorId), eq(staff.organizerId, auditLog.organizerId)))
    .where(
      and(
        eq(auditLog.organizerId, page.organizerId),
        page.beforeId === undefined ? undefined : lt(auditLog.id, page.beforeId),
        ...conditionsOf(page),
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(page.limit + 1);
  return rows.map(({ entry, actorName }) => ({ ...entry, actorName }));
}

function conditionsOf({ actorKind, actorId, act, subjectId, from, to }: AuditFilter): (SQL | undefined)[] {
  return [
    actorKind === undefined ? undefined : eq(auditLog.actorKind, actorKind),
    actorId === undefined ? undefined : eq(auditLog.actorId, actorId),
    act === undefined ? undefined : ofAct(act),
    subjectId === undefined ? undefined : eq(auditLog.subjectId, subjectId),
    from === undefined ? undefined : gte(auditLog.at, new Date(from)),
    to === undefined ? undefined : lt(auditLog.at, new Date(to)),
  ];
}

function ofAct(act: string): SQL {
  return act.includes('.') ? eq(auditLog.act, act) : sql`starts_with(${auditLog.act}, ${`${act}.`})`;
}
