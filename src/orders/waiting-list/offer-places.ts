import { sql } from 'drizzle-orm';
import { sha256Hex } from '../../platform/crypto.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { isUnavailable } from '../../platform/database/db-errors.ts';
import { isServiceRefusal } from '../../platform/errors.ts';
import { newOrderId } from '../../platform/ids.ts';
import { eachInTurn } from '../../platform/jobs/each-in-turn.ts';
import type { Log } from '../../platform/log.ts';
import { buyerKeys, networkKey } from '../placement/keys.ts';
import type { Placement } from '../placement/placement.ts';
import { lockOrder } from '../lifecycle/queries.ts';
import { refundOrder } from '../lifecycle/refund-order.ts';
import { cancelHold } from '../lifecycle/withdraw-order.ts';
import type { TellWaiting } from '../ports.ts';
import { isSold } from './conditions.ts';
import { confirmWithinHours, offerSeconds, offersPerRoundMax, poolsPerRoundMax } from './limits.ts';
import { endLines, eventsWithEntries, openLines } from './lines.ts';

export type OfferDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly placement: Placement;
  readonly hashSecret: string;
  readonly tellWaiting: TellWaiting;
  readonly log: Log;
};

type Head = {
  readonly eventId: string;
  readonly organizerId: string;
  readonly holdSeconds: number;
  /** Until the sale of the category ends. */
  readonly saleSeconds: number;
  readonly poolId: string;
  readonly available: number;
  readonly id: string;
  readonly ticketCategoryId: string;
  readonly quantity: number;
  readonly name: string;
  readonly email: string;
  readonly emailKey: string;
  readonly phone: string;
  readonly locale: 'id' | 'en';
};

/**
 * Offers returned places to the people who wait for them, in order of joining. Each gets an ordinary order, held for
 * `offerSeconds` at most. An unpaid offer ends as every hold does, and the next round offers its places to the next
 * person. Smaller groups overtake a group that does not fit, which keeps its place; otherwise one person could keep places
 * from being sold. For the same reason a person whose turn fails keeps their place and is overtaken until the next round,
 * in which as many others get a turn as in the first one. Safe to repeat and to run twice at once, because the key of the
 * order is the entry.
 * @returns how many offers were made
 * @throws the first fault, after all others had their turn
 */
export async function offerPlaces(deps: OfferDeps): Promise<number> {
  let offers = 0;
  const serveLines = async (db: Db) => {
    /** Free places by line; none once nobody in the line can be served in this round. */
    const free = new Map<string, number>();
    await eachInTurn(
      await findHeads(db),
      async (head) => {
        const left = free.get(lineOf(head)) ?? head.available;
        if (head.quantity > left) return;
        const outcome = await offer(deps, head);
        if (outcome === 'wait') free.set(lineOf(head), 0);
        if (outcome !== 'offered') return;
        free.set(lineOf(head), left - head.quantity);
        offers += 1;
      },
      (error, head) => {
        // For example a rush that fills the lane of the event. It would refuse the others, too.
        if (isServiceRefusal(error) || isUnavailable(error)) free.set(lineOf(head), 0);
        deps.log.error({ err: error, eventId: head.eventId, entryId: head.id }, 'a turn in a waiting list has failed');
      },
    );
  };
  await eachInTurn(
    [forgetEntries, openLines, serveLines, endLines],
    (part) => part(deps.db),
    (error, { name }) => deps.log.error({ err: error, part: name }, 'a part of the round of the waiting lists failed'),
  );
  return offers;
}

const lineOf = ({ eventId, poolId }: Head) => `${eventId} ${poolId}`;

/**
 * The people in the line of the stock `s` whose turn it may be: they fit into its free places, and their category is on
 * sale.
 */
const fitting = sql`
  from waiting_entries w
  join ticket_categories c on c.event_id = w.event_id and c.id = w.ticket_category_id
  where w.event_id = s.event_id and w.pool_id = s.pool_id and w.status in ('waiting', 'offering') and w.quantity <= s.available
    and ${isSold}`;

/**
 * The first of them who wait, and some whose turn has failed. These keep the status `offering`, and are drawn at random: any number of
 * turns that fail leaves room for others.
 */
const candidates = sql`
  (select w.* ${fitting} and w.status = 'waiting' order by w.joined_at, w.id limit ${offersPerRoundMax})
  union all
  (select w.* ${fitting} and w.status = 'offering' order by random() limit ${offersPerRoundMax})`;

/**
 * The first people of each line with free places. Categories that share a pool share its line: people who wait for a
 * category that is not on sale are skipped, and keep their places. The pools are drawn at random, so that faults of
 * some do not cost the others their turn.
 */
async function findHeads(db: Db): Promise<Head[]> {
  return rowsOf<Head>(
    db,
    sql`
      select w.event_id as "eventId", e.organizer_id as "organizerId", e.hold_seconds as "holdSeconds",
        extract(epoch from least(c.sale_closes_at, e.ends_at) - now())::float8 as "saleSeconds", w.pool_id as "poolId",
        s.available, w.id, w.ticket_category_id as "ticketCategoryId", w.quantity, w.name, w.email, w.email_key as "emailKey",
        w.phone, w.locale
      from (
        select s.* from stock s join events e on e.id = s.event_id and e.has_waiting_list
        where s.is_listed and s.available > 0 and exists (select ${fitting}) and not exists (
          select from switches switch
          where switch.name in ('close_sales', 'browse_only') and switch.is_on
            and (switch.until is null or switch.until > now()) and switch.event_id in ('all', s.event_id))
        order by random() limit ${poolsPerRoundMax}) s
      join events e on e.id = s.event_id
      cross join lateral (${candidates}) w
      join ticket_categories c on c.event_id = w.event_id and c.id = w.ticket_category_id
      order by w.event_id, w.pool_id, w.joined_at, w.id`,
  );
}

async function offer(deps: OfferDeps, entry: Head): Promise<'offered' | 'ended' | 'wait'> {
  const { db } = deps;
  if (!(await move(db, entry, 'offering'))) return 'ended';
  const { row } = await deps.placement.submit(entry.eventId, itemOf(deps, entry));
  switch (row.outcome) {
    case 'placed':
    case 'paid':
    case 'replayed':
      return transaction(db, (tx) => tellOffer(deps, tx, entry, row.order_id ?? ''));
    case 'limit_exceeded':
    case 'network_limit':
    case 'not_payable':
    case 'category_unknown':
    case 'key_reused':
      await move(db, entry, 'ended');
      return 'ended';
    default:
      // Sold out after all, or not on sale now. The next round tries again.
      await move(db, entry, 'waiting');
      return 'wait';
  }
}

/** The mail with the offer. The places go back if the person has left the list while their order was being placed. */
async function tellOffer(deps: OfferDeps, tx: Db, entry: Head, orderId: string): Promise<'offered' | 'ended'> {
  const { eventId, organizerId, id, emailKey } = entry;
  if (await move(tx, entry, 'offered', orderId)) {
    const template = 'places_offered';
    await deps.tellWaiting(tx, { template, eventId, organizerId, entryId: id, recipientKey: emailKey });
    return 'offered';
  }
  const [offered] = await rowsOf(tx, sql`select from waiting_entries where event_id = ${eventId} and id = ${id}`);
  // Another round has made this offer.
  if (offered !== undefined) return 'offered';
  const order = await lockOrder(tx, eventId, orderId);
  if (order?.status === 'pending_payment') await cancelHold(tx, order, 'buyer');
  if (order?.status === 'paid') await refundOrder(tx, order, { restock: true, reason: 'buyer_cancelled' });
  return 'ended';
}

async function move(
  db: Db,
  { eventId, id }: Head,
  status: 'offering' | 'offered' | 'ended' | 'waiting',
  orderId?: string,
): Promise<boolean> {
  const moved = await rowsOf(
    db,
    sql`
      update waiting_entries set status = ${status}, order_id = ${orderId ?? null}
      where event_id = ${eventId} and id = ${id} and status in ('waiting', 'offering') returning id`,
  );
  return moved.length === 1;
}

function itemOf(deps: OfferDeps, entry: Head): Parameters<Placement['submit']>[1] {
  const { eventId, id, name, email, phone, locale } = entry;
  const keys = buyerKeys(deps.hashSecret, { email, phone });
  return {
    id: newOrderId(eventId, deps.clock.now()),
    // One entry makes one order, however often the round is repeated.
    key_hash: sha256Hex(`waiting-list:${id}`),
    fingerprint: sha256Hex(id),
    name,
    email,
    phone,
    buyer_keys: keys,
    network_key: networkKey(deps.hashSecret, `waiting-list:${id}`),
    locale,
    promo: null,
    expected_total: null,
    pass_index: null,
    pass_account: null,
    // The link in the mail has proven the address.
    confirmed: keys[0],
    listed: true,
    jitter_seconds: Math.max(0, Math.floor(Math.min(offerSeconds, entry.saleSeconds)) - entry.holdSeconds),
    categories: [entry.ticketCategoryId],
    quantities: [entry.quantity],
  };
}

/**
 * Deletes the data of people who did not confirm their address in time, and of everybody who waited for a past event.
 */
async function forgetEntries(db: Db): Promise<void> {
  await db.execute(sql`
    delete from waiting_entries where status = 'unconfirmed' and created_at < now() - make_interval(hours => ${confirmWithinHours})`);
  await db.execute(sql`
    with recursive ${eventsWithEntries}
    delete from waiting_entries w using event join events e on e.id = event.event_id
    where w.event_id = e.id and (e.ends_at < now() and e.postponed_at is null or e.status = 'cancelled')`);
}
