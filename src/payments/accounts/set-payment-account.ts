import { type Actor, writeAudit } from '../../access/index.ts';
import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import { encrypt } from '../../platform/crypto.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { paymentAccountPaymentsOpen } from '../errors.ts';
import { hasOpenPayments, lockAccount, saveAccount } from './queries.ts';
import type { AccountForm, GatewayPlugin } from '../gateways/gateway-plugin.ts';
import { accountContext, readCredentials } from './payment-accounts.ts';

/**
 * Sets an organiser's account at a gateway. The keys are encrypted for this organiser and never shown again. When the key
 * that signs callbacks changes, callbacks signed with the previous key are accepted for another day. Another account is refused while
 * buyers may still pay by the one that is set: its callbacks would count for nothing, and its money would pay for no order.
 * @throws DomainError payment_account.payments_open
 */
export async function setPaymentAccount(
  deps: { db: Db; clock: Clock; config: Pick<Config, 'ENCRYPTION_KEY'> },
  { actor, gateway, form }: { actor: Actor; gateway: GatewayPlugin; form: AccountForm },
): Promise<{ merchantId: string; buyerPaysFee: boolean; updatedAt: Date }> {
  const { organizerId } = actor;
  const { merchantId, buyerPaysFee } = form;
  const { toCredentials, acceptedKeys } = gateway.account;
  const at = { gateway: gateway.name, organizerId };
  return transaction(deps.db, async (tx) => {
    const before = await lockAccount(tx, at);
    const known = before && readIfPossible(deps.config.ENCRYPTION_KEY, { ...at, credentials: before.credentials });
    const previous = before?.merchantId === merchantId ? known : undefined;
    const now = deps.clock.now().getTime();
    const credentials = toCredentials(form, previous, now);
    // With the same key it is the same account, whose merchant id was mistyped.
    const isAnother =
      known !== undefined &&
      previous === undefined &&
      acceptedKeys(known, now)[0] !== acceptedKeys(credentials, now)[0];
    if (isAnother && (await hasOpenPayments(tx, at))) throw paymentAccountPaymentsOpen();
    const updatedAt = await saveAccount(tx, {
      ...at,
      merchantId,
      buyerPaysFee,
      credentials: encrypt(
        deps.config.ENCRYPTION_KEY,
        JSON.stringify(credentials),
        accountContext(gateway.name, organizerId),
      ),
    });
    const [key] = acceptedKeys(credentials, now);
    const [keyBefore] = previous === undefined ? [] : acceptedKeys(previous, now);
    await writeAudit(tx, {
      actor,
      act: 'payment_account.set',
      subjectId: organizerId,
      changes: { gateway: gateway.name, merchantId, buyerPaysFee, keyChanged: key !== keyBefore },
    });
    return { merchantId, buyerPaysFee, updatedAt };
  });
}

/** Undefined after a change of ENCRYPTION_KEY: the account is then entered again, as if there had been none. */
function readIfPossible(...of: Parameters<typeof readCredentials>): unknown {
  try {
    return readCredentials(...of);
  } catch {
    return undefined;
  }
}
