import type { Db } from '../../platform/database/db.ts';
import type { AuditChanges } from './fields.ts';
import { type AuditActorKind, auditLog } from '../tables.ts';

/** An `Actor`, an operator's command, or the service itself. */
export type AuditActor = {
  readonly kind: AuditActorKind;
  readonly id: string;
  readonly organizerId: string;
};

/**
 * Records an act in the audit log, in the transaction of the change: both are committed, or neither.
 * `act` is a noun and a past tense (`staff.invited`); `changes` names fields and values, never personal data or secrets.
 */
export async function writeAudit<Changes extends object>(
  tx: Db,
  entry: {
    actor: AuditActor;
    act: string;
    subjectId: string;
    changes?: AuditChanges<Changes>;
  },
): Promise<void> {
  await tx.insert(auditLog).values({
    organizerId: entry.actor.organizerId,
    actorKind: entry.actor.kind,
    actorId: entry.actor.id,
    act: entry.act,
    subjectId: entry.subjectId,
    changes: { ...entry.changes },
  });
}
