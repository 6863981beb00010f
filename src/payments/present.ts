import { contractMoney } from '../platform/text/money.ts';
import type { Refund, Task } from './tables.ts';

export function presentRefund(refund: Refund) {
  return {
    id: refund.id,
    orderId: refund.orderId,
    amount: contractMoney(refund.amount, refund.currency),
    reason: refund.reason,
    status: refund.status,
    ticketIds: refund.ticketIds,
    failure: refund.failure,
    createdAt: refund.createdAt.toISOString(),
    doneAt: refund.doneAt?.toISOString() ?? null,
  };
}

export function presentTask(task: Task) {
  return {
    id: task.id,
    kind: task.kind,
    eventId: task.eventId,
    orderId: task.orderId,
    subjectId: task.subjectId,
    detail: task.detail,
    createdAt: task.createdAt.toISOString(),
    resolvedAt: task.resolvedAt?.toISOString() ?? null,
    resolvedBy: task.resolvedBy,
  };
}
