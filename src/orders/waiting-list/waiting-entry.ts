import { sql } from 'drizzle-orm';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { eventIdOf } from '../../platform/ids.ts';
import { isFull, isSold, isWaitNeeded } from './conditions.ts';
import { waitingEntryNotFound, waitingListClosed, waitingListFull, waitingListNotNeeded } from '../errors.ts';

export type WaitingView = {
  readonly status: 'unconfirmed' | 'waiting' | 'offered' | 'ended';
  readonly quantity: number;
  readonly ticketCategory: string;
  readonly ticketCategoryEn: string | null;
  readonly eventName: string;
  readonly eventNameEn: string | null;
  readonly eventSlug: string;
  /** The place in the line, counted from one; null before the address is confirmed and after an offer. */
  readonly position: number | null;
};

/**
 * An entry as its person sees it.
 * @throws DomainError waiting_list.entry_not_found
 */
export async function showWaitingEntry(db: Db, entryId: string): Promise<WaitingView> {
  const [row] = await rowsOf<WaitingView>(
    db,
    sql`
      select case w.status when 'offering' then 'waiting' else w.status end as status, w.quantity, c.name as "ticketCategory",
        c.name_en as "ticketCategoryEn", e.name as "eventName", e.name_en as "eventNameEn", e.slug as "eventSlug",
        case when w.status in ('waiting', 'offering') then 1 + (
          select count(*)::integer from waiting_entries ahead
          where ahead.event_id = w.event_id and ahead.pool_id = w.pool_id and ahead.status in ('waiting', 'offering')
            and (ahead.joined_at, ahead.id) < (w.joined_at, w.id)) end as position
      from waiting_entries w
      join events e on e.id = w.event_id
      join ticket_categories c on c.event_id = w.event_id and c.id = w.ticket_category_id
      where w.event_id = ${eventIdOf(entryId)} and w.id = ${entryId}`,
  );
  if (row === undefined) throw waitingEntryNotFound();
  return row;
}

/**
 * Confirms the address of an entry, which takes its place at the end of the line. From then on, returned places of its
 * pool go only to the line. It is therefore refused while tickets of the category are on free sale: a link that was
 * kept would end the sale for everybody. Other unconfirmed entries of the address are deleted. Safe to repeat.
 * @throws DomainError waiting_list.entry_not_found, waiting_list.closed, waiting_list.not_needed, waiting_list.full
 */
export async function confirmWaitingEntry(db: Db, entryId: string): Promise<WaitingView> {
  const eventId = eventIdOf(entryId);
  await transaction(db, async (tx) => {
    // In a statement of its own, so that the next one counts the entries that were confirmed before.
    await tx.execute(sql`select enter_lane(${eventId})`);
    // Placement holds this row while it decides, and so does the end of the line. Both either see the entry or come
    // before it. It is the pool of the category as the lane keeps it: a form that came while the category moved names the old one.
    const [entry] = await rowsOf<{
      poolId: string;
      ticketCategoryId: string;
      emailKey: string;
      status: string;
      isOpen: boolean;
      isNeeded: boolean;
      isFull: boolean;
    }>(
      tx,
      sql`
        select s.pool_id as "poolId", w.ticket_category_id as "ticketCategoryId", w.email_key as "emailKey", w.status, ${isSold} as "isOpen",
          ${isWaitNeeded} as "isNeeded", ${isFull} as "isFull"
        from waiting_entries w
        join events e on e.id = w.event_id
        join ticket_categories c on c.event_id = w.event_id and c.id = w.ticket_category_id
        join stock s on s.event_id = c.event_id and s.pool_id = c.pool_id
        where w.event_id = ${eventId} and w.id = ${entryId} for update of s`,
    );
    if (entry === undefined || entry.status !== 'unconfirmed') return;
    if (!entry.isOpen) throw waitingListClosed();
    if (!entry.isNeeded) throw waitingListNotNeeded();
    if (entry.isFull) throw waitingListFull();
    const isOfAddress = sql`
      w.event_id = ${eventId} and w.ticket_category_id = ${entry.ticketCategoryId} and w.email_key = ${entry.emailKey}`;
    await tx.execute(sql`
      update waiting_entries set status = 'waiting', joined_at = clock_timestamp(), pool_id = ${entry.poolId}
      where event_id = ${eventId} and id = ${entryId} and status = 'unconfirmed' and not exists (
        select from waiting_entries w where ${isOfAddress} and w.status in ('waiting', 'offering'))`);
    await tx.execute(sql`delete from waiting_entries w where ${isOfAddress} and w.status = 'unconfirmed'`);
    await tx.execute(sql`
      update stock set is_listed = true where event_id = ${eventId} and pool_id = ${entry.poolId} and not is_listed`);
  });
  return showWaitingEntry(db, entryId);
}

/**
 * Takes a person off the list and deletes their data. An offer stays, because its order can be cancelled. The order of an offer that is
 * being made now is cancelled by the round that makes it. Safe to repeat.
 */
export async function leaveWaitingList(db: Db, entryId: string): Promise<void> {
  await db.execute(sql`
    delete from waiting_entries
    where event_id = ${eventIdOf(entryId)} and id = ${entryId} and status <> 'offered'`);
}
