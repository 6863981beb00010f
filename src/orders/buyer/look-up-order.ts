import { type SQL, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { keyedHash } from '../../access/buyers/buyer-key.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { plainBase32, readLookalikes } from '../../platform/text/base32.ts';
import { stageAll } from '../../platform/jobs/outbox.ts';
import { phoneOf } from '../../platform/text/phone-number.ts';
import { homeCountry } from '../../platform/text/home.ts';
import { lookupLimited } from '../errors.ts';
import { orderFound, orderLinkRequested } from '../jobs.ts';
import { buyerKeys, networkKey } from '../placement/keys.ts';
import type { LookupLimiter } from '../ports.ts';
import type { lookUpOrderSchema } from './schemas.ts';

type LookUpDeps = { readonly db: Db; readonly hashSecret: string; readonly lookupLimiter: LookupLimiter };
type LookUp = z.output<typeof lookUpOrderSchema>;

/** Longer than the work takes, so that the time of the answer does not reveal what was found. */
const answerMs = 250;

/**
 * Sends the links of a buyer's orders again, to the addresses of each order. With an order code it sends that order;
 * without one, the latest paid orders whose events are not over. The answer and its time are the same whatever is
 * found. Look-ups are limited whether or not the order exists.
 * @throws DomainError order.lookup_limited, request.invalid for an invalid phone number
 */
export async function lookUpOrder(deps: LookUpDeps, input: LookUp, network: string): Promise<void> {
  const phone =
    input.phone === undefined
      ? ''
      : phoneOf({ phone: input.phone, phoneCountry: input.phoneCountry }, homeCountry, 'phone');
  const [emailKey, phoneKey] = buyerKeys(deps.hashSecret, { email: input.email ?? '', phone });
  const buyer = input.email === undefined ? ofPhone(phoneKey) : ofEmail(emailKey);
  const sent = sendLinks(deps, buyer, { code: input.code, network });
  // A refusal must take as long as an answer.
  await Promise.allSettled([sent, new Promise((resolve) => setTimeout(resolve, answerMs))]);
  await sent;
}

/** Orders of one address. Emails are compared as limits compare them: `A.Buyer+x@gmail.com` finds the order of `abuyer@gmail.com`. */
type Buyer = { readonly key: string; readonly isTheirs: SQL };
const ofEmail = (key: string): Buyer => ({ key, isTheirs: sql`o.buyer_keys[1] = ${key}` });
const ofPhone = (key: string): Buyer => ({ key, isTheirs: sql`o.buyer_keys[2] = ${key}` });

async function sendLinks(
  deps: LookUpDeps,
  buyer: Buyer,
  { code, network }: { code: string | undefined; network: string },
): Promise<void> {
  const tail = code === undefined ? undefined : parseOrderCode(code);
  if (code !== undefined && tail === undefined) return;
  // Counted by address and code, or otherwise by address and network. A stranger who knows only the address cannot use
  // up its owner's look-ups.
  const counted = tail ?? networkKey(deps.hashSecret, network);
  const { allowed, retryAfterSeconds } = await deps.lookupLimiter.consume(
    keyedHash(deps.hashSecret, `lookup:${buyer.key}\0${counted}`),
  );
  if (!allowed) throw lookupLimited(retryAfterSeconds);
  await transaction(deps.db, async (tx) => {
    if (tail === undefined) await stageAll(tx, orderFound, await findPaidOrders(tx, buyer));
    else await stageAll(tx, orderLinkRequested, await findOrdersByCode(tx, buyer, tail));
  });
}

/** Two orders may have the same ten-character code; more than a few never do. Without a code: the latest orders. */
const linksPerLookupMax = 3;

type OrderRef = { readonly eventId: string; readonly orderId: string };

/**
 * The index on codes begins with the event, so that a sale touches few of its pages. A look-up therefore searches the
 * events one by one, at some microseconds each.
 */
async function findOrdersByCode(db: Db, { isTheirs }: Buyer, code: string): Promise<OrderRef[]> {
  return rowsOf<OrderRef>(
    db,
    sql`
      select o.event_id as "eventId", o.id as "orderId"
      from events e
      cross join lateral (
        select o.event_id, o.id from orders o
        where o.event_id = e.id and right(o.id, 10) = ${code} and ${isTheirs}
        limit ${linksPerLookupMax}) o
      limit ${linksPerLookupMax}`,
  );
}

/** Indexes: orders_paid_email, orders_paid_phone. */
async function findPaidOrders(db: Db, { isTheirs }: Buyer): Promise<OrderRef[]> {
  return rowsOf<OrderRef>(
    db,
    sql`
      select o.event_id as "eventId", o.id as "orderId"
      from orders o join events e on e.id = o.event_id
      where o.paid_at is not null and ${isTheirs} and o.status in ('paid', 'partially_refunded')
        and (e.ends_at > now() or e.postponed_at is not null)
      order by o.paid_at desc
      limit ${linksPerLookupMax}`,
  );
}

/** The ten characters of an order's code from typed or pasted text; undefined if the text is not a code. */
export function parseOrderCode(text: string): string | undefined {
  const code = readLookalikes(plainBase32(text));
  return /^[0-9A-HJKMNP-TV-Z]{10}$/.test(code) ? code : undefined;
}
