import type { Actor } from '../../access/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { newEventId, newOrderId } from '../../platform/ids.ts';
import { RetryLater } from '../../platform/jobs/retry-later.ts';
import { paymentAccountNotFound } from '../errors.ts';
import type { GatewayPlugin } from '../gateways/gateway-plugin.ts';
import type { GuardedGateway } from '../gateways/gateway.ts';
import { readCredentials } from './payment-accounts.ts';
import { findAccount } from './queries.ts';

export const accountTestResults = ['works', 'refused', 'no_answer', 'busy'] as const;

export type AccountTest = {
  /**
   * `refused`: the gateway rejects the keys, or this use of them. `no_answer`: it could not be reached, or gave no
   * clear answer. `busy`: its rate limit is used up, or it has failed several times in a row.
   */
  readonly result: (typeof accountTestResults)[number];
  /** The gateway's answer, as a code. */
  readonly code?: string | undefined;
};

/**
 * Asks the gateway, with the stored keys, about a payment that does not exist. No money moves, and nothing is stored.
 * @throws DomainError payment_account.not_found
 */
export async function testAccount(
  deps: { db: Db; clock: Clock; gateway: GuardedGateway; encryptionKey: string },
  input: { actor: Actor; gateway: GatewayPlugin },
): Promise<AccountTest> {
  const { name } = input.gateway;
  // Not read from the cache, which may hold keys that are up to a minute old.
  const row = await findAccount(deps.db, name, { organizerId: input.actor.organizerId });
  if (row === undefined) throw paymentAccountNotFound();
  const { credentials: _encrypted, updatedAt: _changed, ...facts } = row;
  const credentials = readCredentials(deps.encryptionKey, { gateway: name, ...row });
  const acceptedKeys = input.gateway.account.acceptedKeys(credentials, deps.clock.now().getTime());
  const account = { ...facts, gateway: name, credentials, acceptedKeys };
  try {
    await deps.gateway.acquire(account, 'call', 0);
    const answer = await deps.gateway.fetch(account, `pay_${newOrderId(newEventId(), deps.clock.now()).slice(4)}01`);
    if (answer.kind === 'fact' || answer.kind === 'not_started') return { result: 'works' };
    if (answer.kind === 'rejected') return { result: 'refused', code: answer.code };
    return answer.kind === 'unknown' ? { result: 'no_answer', code: answer.reason } : { result: 'busy' };
  } catch (error) {
    if (error instanceof RetryLater) return { result: 'busy' };
    throw error;
  }
}
