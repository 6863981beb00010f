import { sql } from 'drizzle-orm';
import { boolean, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { amount, time } from '../platform/database/columns.ts';

export const saleMinutes = pgTable(
  'sale_minutes',
  {
    eventId: text('event_id').notNull(),
    minute: time('minute').notNull(),
    orders: integer('orders').notNull(),
    tickets: integer('tickets').notNull(),
    paidOrders: integer('paid_orders').notNull(),
    paidTickets: integer('paid_tickets').notNull(),
    paidAmount: amount('paid_amount').notNull(),
    expiredOrders: integer('expired_orders').notNull(),
    readAt: time('read_at'),
    heldOrders: integer('held_orders'),
    instructed: integer('instructed'),
    available: integer('available'),
    held: integer('held'),
    sold: integer('sold'),
    admitted: integer('admitted'),
    waiting: integer('waiting'),
    isCounted: boolean('is_counted').notNull().default(true),
  },
  (table) => [
    primaryKey({ columns: [table.eventId, table.minute] }),
    index('sale_minutes_uncounted').on(table.minute).where(sql`not is_counted`),
  ],
);
