import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { keyedHash } from '../../access/buyers/buyer-key.ts';
import { buyerKeys } from '../placement/keys.ts';
import { lookupLimited } from '../errors.ts';
import type { LookupLimiter } from '../ports.ts';
import { sql } from 'drizzle-orm';
import { stage } from '../../platform/jobs/outbox.ts';
import { orderLinkRequested } from '../jobs.ts';
import { plainBase32, readLookalikes } from '../../platform/text/base32.ts';

/** Longer than the work takes, so that the time of the answer does not reveal what was found. */
const answerMs = 250;

/**
 * Mails the link to an order again, if this email has an order with this code. The answer and its time are the same in both cases.
 * Look-ups of one code and one mailbox are limited, whether or not there is such an order.
 * @throws DomainError order.lookup_limited
 */
export async function lookUpOrder(
  deps: { db: Db; hashSecret: string; lookupLimiter: LookupLimiter },
  input: { email: string; code: string },
): Promise<void> {
  const mailed = mailLinks(deps, input);
  // A refusal must take as long as an answer.
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
  // Counted by address and code: a stranger who knows only the address cannot use up its owner's look-ups.
  const { allowed, retryAfterSeconds } = await deps.lookupLimiter.consume(
    keyedHash(deps.hashSecret, `lookup:${emailKey}\0${tail}`),
  );
  if (!allowed) throw lookupLimited(retryAfterSeconds);
  await stageLinkMails(deps.db, emailKey, tail);
}

/** Two orders may have the same code of ten characters; more than a few never do. */
const linksPerLookupMax = 3;

/**
 * Stages the mail with the link for each order of this buyer with this code. The index on codes begins with the event, so that a sale
 * touches few of its pages; a look-up therefore searches the events one by one, some microseconds each. Emails are compared as limits
 * compare them: `A.Buyer+x@gmail.com` finds the order of `abuyer@gmail.com`, and the mail goes to the address on the order.
 */
async function stageLinkMails(db: Db, emailKey: string, code: string): Promise<void> {
  await transaction(db, async (tx) => {
    const found = await rowsOf<{ eventId: string; orderId: string }>(
      tx,
      sql`
        select o.event_id as "eventId", o.id as "orderId"
        from events e
        cross join lateral (
          select o.event_id, o.id from orders o
          where o.event_id = e.id and right(o.id, 10) = ${code} and o.buyer_keys[1] = ${emailKey}
          limit ${linksPerLookupMax}) o
        limit ${linksPerLookupMax}`,
    );
    for (const row of found) await stage(tx, orderLinkRequested, row);
  });
}

/** The ten characters of an order's code from typed or pasted text; undefined if the text is not a code. */
export function parseOrderCode(text: string): string | undefined {
  const code = readLookalikes(plainBase32(text));
  return /^[0-9A-HJKMNP-TV-Z]{10}$/.test(code) ? code : undefined;
}
