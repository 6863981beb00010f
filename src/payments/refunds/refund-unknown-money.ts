import { RetryLater } from '../../platform/jobs/retry-later.ts';
import type { GatewayDeps } from '../deps.ts';
import type { GatewayAccount, RefundResult } from '../gateways/gateway.ts';
import { refundBalancePauseSeconds, refundPauseSeconds } from '../limits.ts';
import { reasonOf, retrySlower } from '../attempts/note-failed-look.ts';
import type { Task } from '../tables.ts';
import { closeTask, findTask, noteOnTask } from '../tasks/queries.ts';

/**
 * Refunds money that was taken for an attempt that does not exist here. The task's id is the key of the refund, so a
 * repetition is the same refund. If the gateway refuses, the task says so and stays open for a person.
 * @throws RetryLater
 */
export async function refundUnknownMoney(
  deps: GatewayDeps,
  { organizerId, taskId }: { organizerId: string; taskId: string },
): Promise<void> {
  const task = await findTask(deps.db, organizerId, taskId);
  if (task === undefined || task.resolvedAt !== null || task.detail['refund'] !== 'requested') return;
  const account = await deps.accounts.of({ gateway: String(task.detail['gateway']), organizerId });
  if (account === undefined)
    throw new RetryLater(refundBalancePauseSeconds, 'the organiser has no payment account now');
  await deps.gateway.acquire(account, 'call', 0);
  const attemptId = String(task.detail['gatewayOrderId']);
  const amount = Number(task.detail['amount']);
  const result = await deps.gateway.refund(account, { attemptId, key: task.id, amount, reason: 'wrong_facts' });
  await conclude(deps, account, task, result);
}

async function conclude(deps: GatewayDeps, account: GatewayAccount, task: Task, result: RefundResult): Promise<void> {
  switch (result.kind) {
    case 'accepted':
      return finish(deps, task);
    case 'conflict':
      return (await isBack(deps, account, task)) ? finish(deps, task) : leaveToPerson(deps, task, 'refused_by_state');
    case 'rejected':
      return leaveToPerson(deps, task, result.code);
    case 'later':
      throw new RetryLater(refundBalancePauseSeconds, 'the account at the gateway has too little money');
    case 'slow_down':
      throw retrySlower(result);
    case 'unknown':
      throw new RetryLater(refundPauseSeconds, result.reason);
  }
}

/** This refund in the gateway's own list. */
async function isBack(deps: GatewayDeps, account: GatewayAccount, task: Task): Promise<boolean> {
  const known = await deps.gateway.fetch(account, String(task.detail['gatewayOrderId']));
  if (known.kind === 'fact') return known.fact.refunds.some(({ key }) => key === task.id);
  if (known.kind === 'not_started') return false;
  if (known.kind === 'slow_down') throw retrySlower(known);
  throw new RetryLater(refundPauseSeconds, reasonOf(known));
}

async function finish({ db }: GatewayDeps, task: Task): Promise<void> {
  await closeTask(db, await noteOnTask(db, task, { refund: 'done' }), String(task.detail['requestedBy'] ?? 'system'));
}

async function leaveToPerson({ db }: GatewayDeps, task: Task, why: string): Promise<void> {
  await noteOnTask(db, task, { refund: `refused: ${why}` });
}
