import { channel } from 'node:diagnostics_channel';
import { type Db, afterCommit } from '../../platform/database/db.ts';
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
  const { organizerId } = entry.actor;
  afterCommit(tx, () => {
    if (audited.hasSubscribers) audited.publish({ act: entry.act, organizerId, subjectId: entry.subjectId });
  });
}

export type Audited = { readonly act: string; readonly organizerId: string; readonly subjectId: string };

const audited = channel('antre:audited');

/**
 * Calls `hear` for each entry that this process has committed, in the same turn of the event loop as the commit's answer.
 * @returns the function that stops it
 */
export function hearAudit(hear: (entry: Audited) => void): () => void {
  const listener = (message: unknown): void => hear(message as Audited);
  audited.subscribe(listener);
  return () => {
    audited.unsubscribe(listener);
  };
}
