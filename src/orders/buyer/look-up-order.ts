import type { Db } from '../../platform/database/db.ts';
import { keyedHash } from '../../access/buyers/buyer-key.ts';
import { buyerKeys } from '../placement/buyer.ts';
import { stageLinkMails } from './queries.ts';
import { lookupLimited } from '../errors.ts';
import { parseOrderCode } from './order-code.ts';
import type { LookupLimiter } from './payment-view.ts';

/** Longer than the work takes, so that the time of the answer says nothing about what was found. */
const answerMs = 250;

/**
 * A buyer has lost the link to an order: mails it when this email has an order with this code. Gives nothing and takes
 * the same time either way. One code of one mailbox is looked up only so often, whether or not there is such an order; who asks
 * beyond that is told that nothing is sent.
 * @throws DomainError order.lookup_limited
 */
export async function lookUpOrder(
  deps: { db: Db; hashSecret: string; lookupLimiter: LookupLimiter },
  input: { email: string; code: string },
): Promise<void> {
  const mailed = mailLinks(deps, input);
  // A refusal takes as long as an answer.
  await Promise.allSettled([mailed, new Promise((resolve) => setTimeout(resolve, answerMs))]);
  await mailed;
}

async function mailLinks(
  deps: { db: Db; hashSecret: string; lookupLimiter: LookupLimiter },
  { email, code }: { email: string; code: string },
): Promise<void> {
  const tail = parseOrderCode(code);
  const [emailKey] = buyerKeys(deps.hashSecret, { email, phone: '' });
  if (tail === undefined) return;
  // Counted by address and code: whoever knows the address alone cannot keep its owner's link back.
  const { allowed, retryAfterSeconds } = await deps.lookupLimiter.consume(
    keyedHash(deps.hashSecret, `lookup:${emailKey}\0${tail}`),
  );
  if (!allowed) throw lookupLimited(retryAfterSeconds);
  await stageLinkMails(deps.db, emailKey, tail);
}
