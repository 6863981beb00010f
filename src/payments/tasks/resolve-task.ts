import { type Actor, writeAudit } from '../../access/index.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import { requestInvalid } from '../../platform/errors.ts';
import { inputFault } from '../../platform/field-faults.ts';
import { type Locked, lockAttemptAndOrder } from '../callbacks/apply-fact.ts';
import { askAgainNow } from '../attempts/queries.ts';
import { taskNotFound, taskRefundUnavailable, taskResolved } from '../errors.ts';
import { refundUnknownMoneyJob, sendRefundJob } from '../jobs.ts';
import { bookPartialLoss } from '../refunds/book-lost-money.ts';
import { canRefundByApi } from '../refunds/open-refund.ts';
import { gatewayOf } from '../gateways/all-gateways.ts';
import { recordRefundPaid } from '../refunds/record-refund-paid.ts';
import { changeRefund, findRefund, lockRefund } from '../refunds/queries.ts';
import { refundTakeUpSeconds } from '../limits.ts';
import type { Refund, Task } from '../tables.ts';
import { closeTask, findTask, noteOnTask } from './queries.ts';

/**
 * Resolves a task that a person has dealt with. `done`: money that was to be paid back by hand is booked as paid from
 * the organiser's bank; the amount that a bank took back is booked as lost; a silent gateway is asked again. `refund`: the
 * gateway gives the money back, where it can.
 * @throws DomainError task.not_found, task.resolved, task.refund_unavailable, task.amount_needed; request.invalid for an amount
 * that the task does not ask for
 */
export async function resolveTask(
  deps: { db: Db },
  {
    actor,
    taskId,
    action,
    amount,
  }: { actor: Actor; taskId: string; action: 'done' | 'refund'; amount?: number | undefined },
): Promise<Task> {
  return transaction(deps.db, async (tx) => {
    const task = await findTask(tx, actor.organizerId, taskId);
    if (task === undefined) throw taskNotFound();
    if (task.resolvedAt !== null) throw taskResolved();
    // The order is locked before the refund and the task, as everywhere.
    const held = await lockManualRefund(tx, task);
    const lost = await bookTaken(tx, task, { action, amount });
    const resolved = action === 'refund' ? await giveBack(tx, task, held, actor) : await settle(tx, task, held, actor);
    const changes = { kind: task.kind, action, ...(lost === undefined ? {} : { amount: lost }) };
    await writeAudit(tx, { actor, act: 'task.resolved', subjectId: task.id, changes });
    return resolved;
  });
}

type Held = Locked & { readonly refund: Refund };

/** The refund of a task that asks for money to be paid back, with its order and attempt; undefined for other tasks. */
async function lockManualRefund(tx: Db, task: Task): Promise<Held | undefined> {
  if (task.kind !== 'refund_manual' && task.kind !== 'money_taken') return undefined;
  const seen = await findRefund(tx, task.eventId, task.subjectId);
  const locked = seen === undefined ? undefined : await lockAttemptAndOrder(tx, seen.attemptId);
  if (locked === undefined) return undefined;
  const refund = await lockRefund(tx, task.eventId, task.subjectId);
  return refund === undefined ? undefined : { ...locked, refund };
}

/** What a bank has taken back of a payment. Only a person knows how much: the gateway names no amount. */
async function bookTaken(
  tx: Db,
  task: Task,
  { action, amount }: { readonly action: 'done' | 'refund'; readonly amount: number | undefined },
): Promise<{ amount: number; currency: string } | undefined> {
  if (task.kind !== 'partial_chargeback' || action !== 'done') {
    if (amount !== undefined) throw requestInvalid([inputFault('amount', 'field.unknown')]);
    return undefined;
  }
  const locked = await lockAttemptAndOrder(tx, task.subjectId);
  if (locked === undefined) return undefined;
  const { order, attempt } = locked;
  await bookPartialLoss(tx, order, attempt, amount);
  return { amount: amount ?? 0, currency: attempt.currency };
}

async function settle(tx: Db, task: Task, held: Held | undefined, actor: Actor): Promise<Task> {
  const closed = await closeTask(tx, task, actor.id);
  if (closed === undefined) throw taskResolved();
  if (held?.refund.status === 'manual_required') {
    await recordRefundPaid(tx, held.attempt, held.refund, { from: 'bank', confirmed: true });
  }
  if (task.kind === 'gateway_silent') await askAgainNow(tx, task.eventId, task.subjectId);
  return closed;
}

async function giveBack(tx: Db, task: Task, held: Held | undefined, actor: Actor): Promise<Task> {
  if (held === undefined) return giveUnknownBack(tx, task, actor);
  const { attempt, refund } = held;
  if (refund.status !== 'manual_required' || !canRefundByApi(attempt, refund)) throw taskRefundUnavailable();
  const closed = await closeTask(tx, task, actor.id);
  if (closed === undefined) throw taskResolved();
  await changeRefund(tx, refund, {
    status: 'requested',
    failure: null,
    refusals: 0,
    checkInSeconds: refundTakeUpSeconds,
  });
  await stage(tx, sendRefundJob, { eventId: refund.eventId, refundId: refund.id });
  return closed;
}

/** Money without an attempt here. Only the task knows of it, and stays open until the money is back. */
async function giveUnknownBack(tx: Db, task: Task, actor: Actor): Promise<Task> {
  const { gatewayOrderId, gateway: name, amount, currency, method } = task.detail;
  if (task.kind !== 'money_taken' || gatewayOrderId === undefined) throw taskRefundUnavailable();
  const gateway = gatewayOf({ gateway: String(name) });
  const isTaken = gateway.takes.some((taken) => taken.currency === currency && Number(amount) <= taken.max);
  if (!isTaken || gateway.refundability(String(method)) === 'none') throw taskRefundUnavailable();
  await stage(tx, refundUnknownMoneyJob, { organizerId: task.organizerId, taskId: task.id });
  return noteOnTask(tx, task, { refund: 'requested', requestedBy: actor.id });
}
