import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import type { Clock } from '../../platform/clock.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { isUnavailable } from '../../platform/database/db-errors.ts';
import { newOrderId } from '../../platform/ids.ts';
import { eachInTurn } from '../../platform/jobs/each-in-turn.ts';
import type { Log } from '../../platform/log.ts';
import { orderSearches } from '../tables.ts';
import { foldEmail, nameWords } from './read-query.ts';

/**
 * Orders younger than this are left for the next run. An order's id holds the time at which a process began to place
 * it; the order is committed at most some seconds later (`deadlineMs` of placement, and the difference between the
 * processes' clocks).
 */
const settledMs = 30_000;
const perEventMax = 500;
const rowsMax = 5000;
const batchesMax = 10;
/** The most words of names that one order is found by: those of a hundred tickets. */
const wordsMax = 400;
/** An event gets no orders after its end. */
const endedDaysMax = 30;

type Row = {
  readonly event_id: string;
  readonly order_id: string;
  readonly organizer_id: string;
  readonly buyer_name: string;
  readonly buyer_email: string;
  readonly buyer_phone: string;
};

type IndexDeps = { readonly db: Db; readonly clock: Clock; readonly log: Log };

/**
 * Recurring: adds orders to the search, in the order of their ids, a bounded number each time. Safe to run twice at once.
 * @returns the number of orders read
 * @throws the first fault, after the other events of its batch are written; the next run continues
 */
export async function indexOrders(deps: IndexDeps): Promise<number> {
  let made = 0;
  for (let batch = 0; batch < batchesMax; batch += 1) {
    const rows = await findOrdersToIndex(deps.db, deps.clock.now());
    if (rows.length === 0) break;
    await writeRows(deps.db, rows).catch((error: unknown) => writeEventByEvent(deps, rows, error));
    made += rows.length;
  }
  return made;
}

/** An event with an order that cannot be written keeps only its own orders from the search. */
async function writeEventByEvent({ db, log }: IndexDeps, rows: readonly Row[], fault: unknown): Promise<void> {
  if (isUnavailable(fault)) throw fault;
  await eachInTurn(
    Map.groupBy(rows, ({ event_id }) => event_id),
    ([, own]) => writeRows(db, own),
    (error, [eventId]) => log.error({ err: error, eventId }, 'orders of an event could not be added to the search'),
  );
}

/**
 * New orders of current events. One descent of the primary key per event, because ids rise with time within an event. The
 * events are taken in no order, so that those that cannot be written do not keep the others.
 */
async function findOrdersToIndex(db: Db, now: Date): Promise<Row[]> {
  const timePart = newOrderId('evt_00000000', new Date(now.getTime() - settledMs)).slice(12, 22);
  return rowsOf<Row>(
    db,
    sql`
      select o.event_id, o.id as order_id, o.organizer_id, o.buyer_name, o.buyer_email, o.buyer_phone
      from (
        select id from events
        where status <> 'draft' and (ends_at > now() - make_interval(days => ${endedDaysMax}) or postponed_at is not null)
        order by random()) e
      left join order_search_marks m on m.event_id = e.id
      cross join lateral (
        select * from orders o
        where o.event_id = e.id and o.id > coalesce(m.after_order_id, '') and o.id < 'ord_' || substr(e.id, 5) || ${timePart}::text
        order by o.id limit ${perEventMax}) o
      limit ${rowsMax}`,
  );
}

/**
 * An existing row stays, because a corrected address is newer than the text that was read. Rows are written in the order of
 * their keys, so that two writers of the same rows never wait for each other.
 */
async function writeRows(db: Db, rows: readonly Row[]): Promise<void> {
  const each = (field: (row: Row) => string) => arrayText(rows.map(field));
  const terms = rows.map((row) =>
    searchTerms({ name: row.buyer_name, email: row.buyer_email, phone: row.buyer_phone }),
  );
  await db.execute(sql`
    with written as (
      insert into order_searches (event_id, order_id, organizer_id, name, contact)
      select * from unnest(
        ${each((row) => row.event_id)}::text[], ${each((row) => row.order_id)}::text[], ${each((row) => row.organizer_id)}::text[],
        ${arrayText(terms.map(({ name }) => name))}::text[], ${arrayText(terms.map(({ contact }) => contact))}::text[])
      order by 1, 2
      on conflict (event_id, order_id) do nothing)
    insert into order_search_marks as m (event_id, after_order_id)
    select i.event_id, max(i.order_id)
    from unnest(${each((row) => row.event_id)}::text[], ${each((row) => row.order_id)}::text[]) as i (event_id, order_id)
    group by i.event_id
    order by i.event_id
    on conflict (event_id) do update set after_order_id = greatest(m.after_order_id, excluded.after_order_id)`);
}

/**
 * Updates an order's search entry, in the transaction that changed its texts and holds the order's lock: the buyer, and
 * the names on its valid tickets.
 */
export async function indexOrder(
  tx: Db,
  order: { readonly eventId: string; readonly id: string; readonly organizerId: string },
  buyer: { readonly name: string; readonly email: string; readonly phone: string },
): Promise<void> {
  const holders = await rowsOf<{ name: string }>(
    tx,
    sql`
      select holder_name as name from tickets
      where event_id = ${order.eventId} and order_id = ${order.id} and status = 'live' and holder_name is not null order by id`,
  );
  const terms = searchTerms({ ...buyer, name: [buyer.name, ...holders.map(({ name }) => name)].join(' ') });
  await tx
    .insert(orderSearches)
    .values({ eventId: order.eventId, orderId: order.id, organizerId: order.organizerId, ...terms })
    .onConflictDoUpdate({ target: [orderSearches.eventId, orderSearches.orderId], set: terms });
}

/** A blank before each word, so that the beginning of a word can be searched as text. */
function searchTerms(buyer: { readonly name: string; readonly email: string; readonly phone: string }) {
  return {
    name: ['', ...new Set(nameWords(buyer.name).slice(0, wordsMax))].join(' '),
    contact: ` ${foldEmail(buyer.email)} ${buyer.phone.replace(/\D/g, '')}`,
  };
}
