import { integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
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
    heldOrders: integer('held_orders'),
    instructed: integer('instructed'),
    available: integer('available'),
    held: integer('held'),
    sold: integer('sold'),
    admitted: integer('admitted'),
    waiting: integer('waiting'),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.minute] })],
);
