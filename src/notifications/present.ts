import type { Sender } from './tables.ts';

export function presentSender(sender: Sender) {
  return {
    id: sender.id,
    kind: sender.kind,
    phoneNumberId: sender.phoneNumberId,
    messagesPerSecond: sender.messagesPerSecond,
    status: sender.status,
    lastFailure: sender.lastFailure,
    createdAt: sender.createdAt.toISOString(),
  };
}
