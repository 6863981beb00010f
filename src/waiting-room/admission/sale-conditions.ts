import { type SQL, sql } from 'drizzle-orm';

/** Conditions of the sale behind a room, for queries that call the tables `waiting_rooms room` and `events event`. */

/**
 * A room calls nobody and no turn runs out: its organizer has paused it, or no order can be placed, because the event, its
 * organizer or an operator does not sell now. A turn in which nobody can order would be a place in line for nothing.
 * @param room @param event the names of the two tables in the query
 */
export function standsStill(room: SQL, event: SQL): SQL {
  return sql`(${room}.paused or ${event}.status <> 'published' or ${event}.sales <> 'open'
    or exists (select from switches switch where switch.name in ('close_sales', 'browse_only') and switch.is_on
      and (switch.until is null or switch.until > now()) and switch.event_id in ('all', ${room}.event_id))
    or not exists (select from ticket_categories category where category.event_id = ${room}.event_id
      and category.status = 'on_sale' and category.sale_opens_at <= now() and category.sale_closes_at > now()))`;
}

export const isStill = standsStill(sql`room`, sql`event`);

/**
 * The event is over or called off, or its last sale has ended. A closed category ends nothing, because it may be put on
 * sale again.
 */
export const isSaleOver = sql`(event.status = 'cancelled' or event.ends_at <= now() or (event.status = 'published'
  and not exists (select from ticket_categories category where category.event_id = room.event_id
    and category.sale_closes_at > now())))`;
