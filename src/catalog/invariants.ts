import { sql } from 'drizzle-orm';
import { type Invariant, invariantOf } from '../platform/invariant.ts';

/** Drafts may be incomplete, public events may not. Stock belongs to another room and is only read here. */
export const catalogInvariants: readonly Invariant[] = [
  invariantOf(
    'catalog.published_has_tickets',
    'A published event has a ticket category with a price and places.',
    sql`
      select 'event ' || e.id || ' is published without a ticket category that has places' as sentence
      from events e
      where e.status = 'published' and not exists (
        select from ticket_categories c join stock s on s.event_id = c.event_id and s.pool_id = c.pool_id
        where c.event_id = e.id and s.capacity > 0)`,
  ),
  invariantOf(
    'catalog.sale_windows',
    'The sale of a published event closes no later than the event ends.',
    sql`
      select 'ticket category ' || c.id || ' of event ' || e.id || ' is sold beyond its end' as sentence
      from events e join ticket_categories c on c.event_id = e.id
      where e.status = 'published' and c.sale_closes_at > e.ends_at`,
  ),
  invariantOf(
    'catalog.published_when',
    'It is known since when a public event is public.',
    sql`
      select 'event ' || e.id || ' is ' || e.status || ' and was never published' as sentence
      from events e where e.status <> 'draft' and e.published_at is null`,
  ),
];
