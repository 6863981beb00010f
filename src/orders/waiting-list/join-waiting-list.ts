import { sql } from 'drizzle-orm';
import type { Clock } from '../../platform/clock.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { newWaitingId } from '../../platform/ids.ts';
import { phoneOf } from '../../platform/text/phone-number.ts';
import { eventNotFound } from '../../access/errors.ts';
import { categoryUnknown, limitExceeded, waitingListClosed, waitingListFull, waitingListNotNeeded } from '../errors.ts';
import type { EventDirectory } from '../placement/event-directory.ts';
import { buyerKeys } from '../placement/keys.ts';
import type { TellWaiting } from '../ports.ts';
import { isFull, isSold, isWaitNeeded } from './conditions.ts';
import type { JoinWaitingListInput } from './schemas.ts';

export type JoinDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly directory: EventDirectory;
  readonly hashSecret: string;
  readonly tellWaiting: TellWaiting;
};

type Category = {
  readonly organizerId: string;
  readonly poolId: string;
  readonly min: number;
  readonly max: number;
  readonly isOpen: boolean;
  readonly isNeeded: boolean;
  readonly isFull: boolean;
};

/**
 * Puts a person on the waiting list of a sold-out category, once the link in the mail is opened. An address waits once
 * per category: if it already waits it keeps its place, and the answer does not reveal that. Anybody can send the form
 * with somebody else's address, so a form with other details never changes what an earlier link confirms: it makes an
 * entry of its own, with its own link.
 * @throws DomainError event.not_found, order.category_unknown, order.limit_exceeded, waiting_list.closed,
 * waiting_list.not_needed, waiting_list.full
 */
export async function joinWaitingList(deps: JoinDeps, slug: string, input: JoinWaitingListInput): Promise<void> {
  const event = await deps.directory.find(slug);
  if (event === undefined) throw eventNotFound();
  const { name, email } = input.buyer;
  const phone = phoneOf(input.buyer, event.country, 'buyer.phone');
  const [emailKey] = buyerKeys(deps.hashSecret, { email, phone });
  await transaction(deps.db, async (tx) => {
    const category = await findCategory(tx, event.id, input);
    if (category === undefined) throw categoryUnknown();
    if (!category.isOpen) throw waitingListClosed();
    if (input.quantity < category.min) throw limitExceeded({ limit: 'per_order_min', min: category.min });
    if (input.quantity > category.max) throw limitExceeded({ limit: 'per_order_max', max: category.max });
    if (!category.isNeeded) throw waitingListNotNeeded();
    if (category.isFull) throw waitingListFull();
    const entry = await keepEntry(tx, deps.clock.now(), {
      ...input,
      eventId: event.id,
      poolId: category.poolId,
      name,
      email,
      emailKey,
      phone,
    });
    if (entry === undefined) return;
    const isTold = await deps.tellWaiting(tx, {
      template: 'waiting_confirm',
      eventId: event.id,
      organizerId: category.organizerId,
      entryId: entry.id,
      recipientKey: emailKey,
    });
    // Without its mail, nobody can confirm the entry.
    if (entry.isNew && !isTold)
      await tx.execute(sql`delete from waiting_entries where event_id = ${event.id} and id = ${entry.id}`);
  });
}

type NewEntry = Pick<JoinWaitingListInput, 'ticketCategoryId' | 'quantity' | 'locale'> & {
  readonly eventId: string;
  readonly poolId: string;
  readonly name: string;
  readonly email: string;
  readonly emailKey: string;
  readonly phone: string;
};

/**
 * A repeated form finds its entry.
 * @returns the entry to confirm; undefined for an address that already waits
 */
async function keepEntry(
  tx: Db,
  now: Date,
  entry: NewEntry,
): Promise<{ readonly id: string; readonly isNew: boolean } | undefined> {
  const { eventId, ticketCategoryId, poolId, quantity, name, email, emailKey, phone, locale } = entry;
  const isOfAddress = sql`
    w.event_id = ${eventId} and w.ticket_category_id = ${ticketCategoryId} and w.email_key = ${emailKey}`;
  const [kept] = await rowsOf<{ id: string; isNew: boolean }>(
    tx,
    sql`
      with again as (
        update waiting_entries w set created_at = now()
        where ${isOfAddress} and w.status = 'unconfirmed' and w.quantity = ${quantity} and w.name = ${name} and w.email = ${email}
          and w.phone = ${phone} and w.locale = ${locale}
        returning w.id
      ), added as (
        insert into waiting_entries (event_id, id, ticket_category_id, pool_id, quantity, name, email, email_key, phone, locale, status)
        select ${eventId}, ${newWaitingId(eventId, now)}, ${ticketCategoryId}, ${poolId}, ${quantity}::smallint, ${name}, ${email}, ${emailKey},
          ${phone}, ${locale}, 'unconfirmed'
        where not exists (select from again) and not exists (
          select from waiting_entries w where ${isOfAddress} and w.status in ('waiting', 'offering'))
        returning id
      )
      select id, false as "isNew" from again union all select id, true from added`,
  );
  return kept;
}

async function findCategory(
  tx: Db,
  eventId: string,
  { ticketCategoryId }: JoinWaitingListInput,
): Promise<Category | undefined> {
  const [row] = await rowsOf<Category>(
    tx,
    sql`
      select e.organizer_id as "organizerId", c.pool_id as "poolId", c.per_order_min as min,
        least(c.per_order_max, e.tickets_per_order_max, e.tickets_per_buyer_max, c.per_buyer_max, s.capacity) as max,
        ${isSold} as "isOpen", ${isWaitNeeded} as "isNeeded",
        ${isFull} as "isFull"
      from events e
      join ticket_categories c on c.event_id = e.id and c.id = ${ticketCategoryId}
      join stock s on s.event_id = e.id and s.pool_id = c.pool_id
      where e.id = ${eventId}`,
  );
  return row;
}
