import { transaction } from '../../platform/database/db.ts';
import { changeAttempt, findAttempt, lockAttempt } from './queries.ts';
import type { GatewayDeps } from '../deps.ts';
import type { GatewayAccount } from '../gateways/gateway.ts';

/**
 * An attempt that was given up here is still open at the gateway, say since the buyer picked a method at the last moment:
 * it is closed there. `applyFact` has planned another look, which stays unless the gateway confirms.
 */
export async function closeAgain(deps: GatewayDeps, account: GatewayAccount, attemptId: string): Promise<void> {
  const attempt = await findAttempt(deps.db, attemptId);
  if (attempt === undefined) return;
  const result = await deps.gateway.close(account, { id: attempt.id, amount: attempt.amount, pageOver: false });
  if (result.kind !== 'closed') return;
  await transaction(deps.db, async (tx) => {
    const locked = await lockAttempt(tx, attemptId);
    if (locked?.status === attempt.status) await changeAttempt(tx, locked, { checkInSeconds: null });
  });
}
