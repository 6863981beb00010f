import { transaction } from '../platform/db.ts';
import { changeAttempt, lockAttempt } from './attempt-queries.ts';
import type { GatewayDeps } from './deps.ts';
import type { GatewayAccount } from './gateway.ts';

/** After a try that the gateway did not confirm. */
const againSeconds = 600;

/**
 * An attempt that was given up here is still open at the gateway, say since the buyer picked a method at the last moment:
 * it is closed there. When that cannot be confirmed now, the reconciler looks again.
 */
export async function closeAgain(deps: GatewayDeps, account: GatewayAccount, attemptId: string): Promise<void> {
  const attempt = await transaction(deps.db, async (tx) => {
    const locked = await lockAttempt(tx, attemptId);
    // Set before the call: if this process ends during it, the reconciler goes on.
    return locked && changeAttempt(tx, locked, { checkInSeconds: againSeconds });
  });
  if (attempt === undefined) return;
  const result = await deps.gateway.close(account, { id: attempt.id, amount: attempt.amount, pageOver: false });
  if (result.kind !== 'closed') return;
  await transaction(deps.db, async (tx) => {
    const locked = await lockAttempt(tx, attemptId);
    if (locked?.status === attempt.status) await changeAttempt(tx, locked, { checkInSeconds: null });
  });
}
