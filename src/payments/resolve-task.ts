import { type Actor, writeAudit } from '../access/index.ts';
import { type Db, transaction } from '../platform/db.ts';
import { type Locked, lockAttemptAndOrder } from './apply-fact.ts';
import { taskNotFound, taskResolved } from './errors.ts';
import { recordRefundPaid } from './record-refund-paid.ts';
import { findRefund, lockRefund } from './refund-queries.ts';
import type { Task } from './tables.ts';
import { closeTask, findTask } from './task-queries.ts';

/**
 * A person has done a task. A refund that was to be paid by hand is booked as paid from the organiser's bank.
 * @throws DomainError task.not_found, task.resolved
 */
export async function resolveTask(
  deps: { db: Db },
  { actor, taskId }: { actor: Actor; taskId: string },
): Promise<Task> {
  return transaction(deps.db, async (tx) => {
    const task = await findTask(tx, actor.organizerId, taskId);
    if (task === undefined) throw taskNotFound();
    // The order is locked before the task, as everywhere.
    const locked = await lockManualRefund(tx, task);
    const closed = await closeTask(tx, task, actor.id);
    if (closed === undefined) throw taskResolved();
    if (locked !== undefined) await bookPaidByHand(tx, task, locked);
    await writeAudit(tx, { actor, act: 'task.resolved', subjectId: task.id, changes: { kind: task.kind } });
    return closed;
  });
}

async function lockManualRefund(tx: Db, task: Task): Promise<Locked | undefined> {
  if (task.kind !== 'refund_manual') return undefined;
  const refund = await findRefund(tx, task.eventId, task.subjectId);
  return refund && lockAttemptAndOrder(tx, refund.attemptId);
}

async function bookPaidByHand(tx: Db, task: Task, { attempt }: Locked): Promise<void> {
  const refund = await lockRefund(tx, task.eventId, task.subjectId);
  if (refund?.status !== 'manual_required') return;
  await recordRefundPaid(tx, attempt, refund, { from: 'bank', confirmed: true });
}
