import { type Db, afterCommit } from '../../platform/database/db.ts';
import { eventIdOf, orderIdOf } from '../../platform/ids.ts';
import type { Applied } from './apply-fact.ts';
import { findAttempt } from '../attempts/queries.ts';
import { type GatewayAccount, type GatewayFact, isPaying } from '../gateways/gateway.ts';
import { moneyReceived, wrongFacts } from '../metrics.ts';
import { describeMoney } from './book-unmatched-money.ts';
import { insertTask } from '../tasks/queries.ts';

/**
 * Opens a task for money that a gateway says it took for an attempt that is not in our database: a database was
 * restored to an earlier moment, or another installation uses the account. There is no order to book the money on. The
 * task names the amount and the gateway, and can give the money back. The gateway tells of one payment several times, such
 * as when a card is captured and when it settles: a task that a person has dealt with stays resolved.
 */
export async function reportUnknownMoney(tx: Db, account: GatewayAccount, fact: GatewayFact): Promise<Applied> {
  // The attempt belongs to another organiser than the one whose key signed the callback.
  if ((await findAttempt(tx, fact.attemptId)) !== undefined) return { kind: 'ignored', outcome: 'not_ours' };
  if (!isPaying(fact) || fact.amount === 0) return { kind: 'ignored', outcome: 'unknown_attempt' };
  afterCommit(tx, () => wrongFacts.inc({ reason: 'unknown_attempt' }));
  afterCommit(tx, () => moneyReceived.inc({ outcome: 'wrong_facts' }));
  const owner = {
    organizerId: account.organizerId,
    eventId: eventIdOf(fact.attemptId),
    orderId: orderIdOf(fact.attemptId),
  };
  const detail = describeMoney(account.gateway, fact, 'unknown_attempt');
  await insertTask(tx, owner, { kind: 'money_taken', subjectId: fact.gatewayReference, detail });
  return { kind: 'applied', outcome: 'unknown_attempt' };
}
