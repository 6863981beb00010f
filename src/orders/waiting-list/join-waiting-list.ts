import { sql } from 'drizzle-orm';
import type { Clock } from '../../platform/clock.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { newWaitingId } from '../../platform/ids.ts';
import { phoneOf } from '../../platform/text/phone-number.ts';
import { categoryUnknown, eventUnknown, limitExceeded } from '../errors.ts';
import type { EventDirectory } from '../placement/event-directory.ts';
import { buyerKeys } from '../placement/keys.ts';
import type { TellWaiting } from '../ports.ts';
import { entriesPerEventMax } from './limits.ts';
import { waitingListClosed, waitingListFull, waitingListNotNeeded } from './refusals.ts';
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
 * Puts a person on the waiting list of a sold-out category, once the link in the mail is opened. One entry per address and category: an
 * address that waits already stays where it is, and the answer does not tell.
 * @throws DomainError event.not_found, order.category_unknown, order.limit_exceeded, waiting_list.closed, waiting_list.not_needed,
 * waiting_list.full
 */
export async function joinWaitingList(deps: JoinDeps, slug: string, input: JoinWaitingListInput): Promise<void> {
  const event = await deps.directory.find(slug);
  if (event === undefined) throw eventUnknown();
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
    const [entry] = await rowsOf<{ id: string }>(
      tx,
      sql`
        insert into waiting_entries as w (event_id, id, ticket_category_id, pool_id, quantity, name, email, email_key, phone, locale, status)
        values (${event.id}, ${newWaitingId(event.id, deps.clock.now())}, ${input.ticketCategoryId}, ${category.poolId}, ${input.quantity},
          ${name}, ${email}, ${emailKey}, ${phone}, ${input.locale}, 'unconfirmed')
        on conflict (event_id, ticket_category_id, email_key) where status in ('unconfirmed', 'waiting', 'offering') do update
          set quantity = excluded.quantity, name = excluded.name, email = excluded.email, phone = excluded.phone, locale = excluded.locale,
            created_at = now()
          where w.status = 'unconfirmed'
        returning w.id`,
    );
    if (entry === undefined) return;
    await deps.tellWaiting(tx, {
      template: 'waiting_confirm',
      eventId: event.id,
      organizerId: category.organizerId,
      entryId: entry.id,
      recipientKey: emailKey,
    });
  });
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
        e.has_waiting_list and e.status = 'published' and c.status = 'on_sale' and now() >= c.sale_opens_at
          and now() < least(c.sale_closes_at, e.ends_at) as "isOpen",
        s.is_listed or s.available < c.per_order_min as "isNeeded",
        (select count(*) from waiting_entries w
          where w.event_id = e.id and w.status in ('unconfirmed', 'waiting', 'offering')) >= ${entriesPerEventMax} as "isFull"
      from events e
      join ticket_categories c on c.event_id = e.id and c.id = ${ticketCategoryId}
      join stock s on s.event_id = e.id and s.pool_id = c.pool_id
      where e.id = ${eventId}`,
  );
  return row;
}
