import type { SenderFigures } from './queries.ts';

const left = new Set(['accepted', 'sent', 'delivered', 'read']);

/** A sender with today's counts. */
export function presentSender({ sender, capToday, taken, today, isCircuitOpen }: SenderFigures) {
  const count = (...statuses: string[]) => statuses.reduce((sum, status) => sum + (today[status] ?? 0), 0);
  return {
    id: sender.id,
    kind: sender.kind,
    externalId: sender.externalId,
    weight: sender.weight,
    messagesPerSecond: sender.messagesPerSecond,
    dailyCap: sender.dailyCap,
    warmUpFrom: sender.warmUpFrom,
    status: sender.status,
    coolingUntil: sender.coolingUntil?.toISOString() ?? null,
    circuit: isCircuitOpen ? ('open' as const) : ('closed' as const),
    lastFailure: sender.lastFailure,
    today: {
      cap: capToday,
      left: capToday === null ? null : Math.max(0, capToday - taken),
      accepted: count(...left),
      delivered: count('delivered', 'read'),
      read: count('read'),
      failed: count('failed'),
      unknown: count('unknown'),
    },
    createdAt: sender.createdAt.toISOString(),
  };
}
