import { type Actor, writeAudit } from '../../access/index.ts';
import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import { encrypt } from '../../platform/crypto.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { lockAccount, saveAccount } from './queries.ts';
import { previousKeyHours } from '../limits.ts';
import { type Credentials, accountContext, readCredentials } from './payment-accounts.ts';

export type PaymentAccountInput = {
  readonly merchantId: string;
  readonly serverKey: string;
  readonly clientKey: string;
  readonly buyerPaysFee: boolean;
};

/**
 * Sets an organiser's account at Midtrans. The keys are encrypted for this organiser and never shown again. After a change
 * of the server key, callbacks that are signed with the one before it are taken for another day.
 */
export async function setPaymentAccount(
  deps: { db: Db; clock: Clock; config: Pick<Config, 'ENCRYPTION_KEY'> },
  { actor, input }: { actor: Actor; input: PaymentAccountInput },
): Promise<{ merchantId: string; buyerPaysFee: boolean; updatedAt: Date }> {
  const { organizerId } = actor;
  return transaction(deps.db, async (tx) => {
    const before = await lockAccount(tx, organizerId);
    const previous =
      before === undefined || before.merchantId !== input.merchantId
        ? undefined
        : readCredentials(deps.config.ENCRYPTION_KEY, organizerId, before.credentials);
    const credentials = withPrevious(input, previous, deps.clock.now().getTime());
    const updatedAt = await saveAccount(tx, {
      organizerId,
      merchantId: input.merchantId,
      buyerPaysFee: input.buyerPaysFee,
      credentials: encrypt(deps.config.ENCRYPTION_KEY, JSON.stringify(credentials), accountContext(organizerId)),
    });
    await writeAudit(tx, {
      actor,
      act: 'payment_account.set',
      subjectId: organizerId,
      changes: {
        gateway: 'midtrans',
        merchantId: input.merchantId,
        buyerPaysFee: input.buyerPaysFee,
        keyChanged: previous?.serverKey !== input.serverKey,
      },
    });
    return { merchantId: input.merchantId, buyerPaysFee: input.buyerPaysFee, updatedAt };
  });
}

function withPrevious(input: PaymentAccountInput, previous: Credentials | undefined, now: number): Credentials {
  const { serverKey, clientKey } = input;
  if (previous === undefined) return { serverKey, clientKey };
  if (previous.serverKey === serverKey) return { ...previous, clientKey };
  return {
    serverKey,
    clientKey,
    previousServerKey: previous.serverKey,
    previousServerKeyUntil: now + previousKeyHours * 3_600_000,
  };
}
