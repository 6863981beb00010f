import { sql } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';
import { readWholeEvent } from '../../platform/database/read-whole-event.ts';

export type WaitingLine = {
  readonly ticketCategoryId: string;
  readonly name: string;
  readonly isListed: boolean;
  /** People with a confirmed address. */
  readonly waiting: number;
  /** The places that they want in total. */
  readonly tickets: number;
  readonly waitingSince: string | null;
  readonly offers: { readonly open: number; readonly taken: number; readonly lapsed: number };
};

/** The waiting list of an event: a line per category, by position. It contains no names and no addresses. */
export async function listLines(db: Db, eventId: string): Promise<WaitingLine[]> {
  const rows = await readWholeEvent<
    Omit<WaitingLine, 'offers' | 'waitingSince'> & WaitingLine['offers'] & { since: Date | null }
  >(
    db,
    sql`
      select c.id as "ticketCategoryId", c.name, s.is_listed as "isListed",
        count(*) filter (where w.status in ('waiting', 'offering'))::integer as waiting,
        coalesce(sum(w.quantity) filter (where w.status in ('waiting', 'offering')), 0)::integer as tickets,
        min(w.joined_at) filter (where w.status in ('waiting', 'offering')) as since,
        count(*) filter (where o.status in ('pending_payment', 'closing'))::integer as open,
        count(*) filter (where o.paid_at is not null)::integer as taken,
        count(*) filter (where o.paid_at is null and o.status in ('expired', 'cancelled'))::integer as lapsed
      from ticket_categories c
      join stock s on s.event_id = c.event_id and s.pool_id = c.pool_id
      left join waiting_entries w on w.event_id = c.event_id and w.ticket_category_id = c.id
      left join orders o on o.event_id = w.event_id and o.id = w.order_id
      where c.event_id = ${eventId} group by c.id, c.name, c.position, s.is_listed order by c.position, c.id`,
  );
  return rows.map(({ open, taken, lapsed, since, ...line }) => ({
    ...line,
    waitingSince: since === null ? null : new Date(since).toISOString(),
    offers: { open, taken, lapsed },
  }));
}
