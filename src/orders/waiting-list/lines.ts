import { type SQL, sql } from 'drizzle-orm';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { isSold } from './conditions.ts';
import { poolsPerRoundMax } from './limits.ts';

type Pool = { readonly eventId: string; readonly poolId: string };

/** Events that have entries, found one after the other by the primary key. Comes after `with recursive`. */
export const eventsWithEntries = sql`
  event as (
    (select event_id from waiting_entries order by event_id limit 1)
    union all
    select next.event_id from event
    cross join lateral (select w.event_id from waiting_entries w where w.event_id > event.event_id order by w.event_id limit 1) next)`;

/**
 * Whether anybody waits for the pool of the stock `s`. A sale that is paused or over keeps its line, so that no buyer
 * comes before it when the sale goes on. But it does not end the sale of other categories of the pool: their buyers
 * would find nothing, and the waiting people could not be offered the places.
 */
const isWaitedFor = sql`exists (
  select from events e
  join ticket_categories c on c.event_id = e.id
  cross join lateral (
    select (${isSold}) or not exists (
      select from ticket_categories c where c.event_id = s.event_id and c.pool_id = s.pool_id and ${isSold}) as has_line) k
  where e.id = s.event_id and e.has_waiting_list and exists (
    select from waiting_entries w
    where w.event_id = s.event_id and w.pool_id = s.pool_id and w.ticket_category_id = c.id
      and (w.status = 'offering' or w.status = 'waiting' and k.has_line)))`;

/**
 * Reserves the places of a pool for its line again after a closed sale or list was reopened. Waiting people keep their
 * places until the event is over.
 */
export async function openLines(db: Db): Promise<void> {
  await setListed(
    db,
    true,
    sql`
    with recursive ${eventsWithEntries}
    select s.event_id as "eventId", s.pool_id as "poolId" from event join stock s on s.event_id = event.event_id
    where not s.is_listed and ${isWaitedFor} order by s.event_id, s.pool_id limit ${poolsPerRoundMax} for update of s skip locked`,
  );
}

/** Returns pools to free sale if nobody waits for them any more, or their organizer has ended the list. */
export async function endLines(db: Db): Promise<void> {
  await setListed(
    db,
    false,
    sql`
    select s.event_id as "eventId", s.pool_id as "poolId" from stock s where s.is_listed and not ${isWaitedFor}
    order by s.event_id, s.pool_id limit ${poolsPerRoundMax} for update skip locked`,
  );
}

/**
 * The people who wait for a category follow it to another pool, whose places are theirs from then on, and leave the list if the category is
 * deleted. The caller's transaction has moved or deleted the category, and holds the event's lane.
 */
export async function categoryMoved(tx: Db, eventId: string, ticketCategoryId: string): Promise<void> {
  await tx.execute(sql`
    update waiting_entries w set pool_id = c.pool_id from ticket_categories c
    where w.event_id = ${eventId} and w.ticket_category_id = ${ticketCategoryId} and c.event_id = w.event_id and c.id = w.ticket_category_id`);
  await tx.execute(sql`
    delete from waiting_entries w
    where w.event_id = ${eventId} and w.ticket_category_id = ${ticketCategoryId}
      and not exists (select from ticket_categories c where c.event_id = w.event_id and c.id = w.ticket_category_id)`);
  await tx.execute(sql`
    update stock s set is_listed = true from ticket_categories c
    where c.event_id = ${eventId} and c.id = ${ticketCategoryId} and s.event_id = c.event_id and s.pool_id = c.pool_id and not s.is_listed
      and ${isWaitedFor}`);
}

/** @param locked reads and locks the pools to check */
async function setListed(db: Db, isListed: boolean, locked: SQL): Promise<void> {
  await transaction(db, async (tx) => {
    const pools = await rowsOf<Pool>(tx, locked);
    if (pools.length === 0) return;
    const [eventIds, poolIds] = [pools.map(({ eventId }) => eventId), pools.map(({ poolId }) => poolId)];
    // Read after the lock: a person who joins meanwhile either has a row, or waits for the lock.
    await tx.execute(sql`
      update stock s set is_listed = ${isListed}
      from unnest(${arrayText(eventIds)}::text[], ${arrayText(poolIds)}::text[]) as l (event_id, pool_id)
      where s.event_id = l.event_id and s.pool_id = l.pool_id and s.is_listed <> ${isListed} and ${isWaitedFor} = ${isListed}`);
  });
}
