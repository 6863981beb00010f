import { sql } from 'drizzle-orm';
import { boolean, integer, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { amount, bytes, time } from '../platform/database/columns.ts';
import { orderFlags } from './flags.ts';

export const pools = pgTable(
  'pools',
  {
    eventId: text('event_id').notNull(),
    id: text('id').notNull(),
    name: text('name').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.id] })],
);

export const stock = pgTable(
  'stock',
  {
    eventId: text('event_id').notNull(),
    poolId: text('pool_id').notNull(),
    capacity: integer('capacity').notNull(),
    available: integer('available').notNull(),
    held: integer('held').notNull().default(0),
    sold: integer('sold').notNull().default(0),
    blocked: integer('blocked').notNull().default(0),
    isListed: boolean('is_listed').notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.poolId] })],
);

export const promoCodes = pgTable(
  'promo_codes',
  {
    eventId: text('event_id').notNull(),
    id: text('id').notNull(),
    code: text('code').notNull(),
    codeKey: text('code_key').notNull().generatedAlwaysAs(sql`replace(code, '-', '')`),
    kind: text('kind', { enum: ['percent', 'amount'] }).notNull(),
    value: amount('value').notNull(),
    redemptionsMax: integer('redemptions_max'),
    redemptions: integer('redemptions').notNull().default(0),
    validFrom: time('valid_from'),
    validUntil: time('valid_until'),
    status: text('status', { enum: ['active', 'closed'] })
      .notNull()
      .default('active'),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.id] })],
);

export const limitCounters = pgTable(
  'limit_counters',
  {
    eventId: text('event_id').notNull(),
    counterKey: text('counter_key').notNull(),
    quantity: integer('quantity').notNull(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.counterKey] })],
);

export const orderStatuses = [
  'pending_payment',
  'closing',
  'paid',
  'partially_refunded',
  'refunded',
  'expired',
  'cancelled',
] as const;

export type OrderStatus = (typeof orderStatuses)[number];

/** What an order says about people: its buyer, the holders of its tickets, and answers to the organiser's questions. */
export const orderParts = ['buyer', 'holders', 'answers'] as const;
export type OrderPart = (typeof orderParts)[number];

export const cancellers = ['buyer', 'organizer', 'event'] as const;

export const orders = pgTable(
  'orders',
  {
    eventId: text('event_id').notNull(),
    id: text('id').notNull(),
    organizerId: text('organizer_id').notNull(),
    status: text('status', { enum: orderStatuses }).notNull(),
    idempotencyKeyHash: uuid('idempotency_key_hash').notNull(),
    fingerprint: uuid('fingerprint').notNull(),
    buyerName: text('buyer_name').notNull(),
    buyerEmail: text('buyer_email').notNull(),
    buyerPhone: text('buyer_phone').notNull(),
    buyerKeys: text('buyer_keys').array().notNull(),
    confirmedKey: text('confirmed_key'),
    linkVersion: smallint('link_version').notNull().default(1),
    networkKey: text('network_key').notNull(),
    locale: text('locale', { enum: ['id', 'en'] }).notNull(),
    currency: text('currency').notNull(),
    quantity: integer('quantity').notNull(),
    subtotal: amount('subtotal').notNull(),
    discount: amount('discount').notNull(),
    fees: amount('fees').notNull(),
    total: amount('total').notNull(),
    promoCodeId: text('promo_code_id'),
    placedAt: time('placed_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    holdEndsMaxAt: time('hold_ends_max_at').notNull(),
    paidAt: time('paid_at'),
    closedAt: time('closed_at'),
    closeReason: text('close_reason', { enum: ['expired', 'cancelled'] }),
    cancelledBy: text('cancelled_by', { enum: cancellers }),
    flags: text('flags', { enum: orderFlags }).array().notNull().default([]),
    /** The sampled trace that placed the order. */
    traceparent: text('traceparent'),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.id] })],
);

export const orderLines = pgTable(
  'order_lines',
  {
    eventId: text('event_id').notNull(),
    orderId: text('order_id').notNull(),
    ticketCategoryId: text('ticket_category_id').notNull(),
    poolId: text('pool_id').notNull(),
    quantity: integer('quantity').notNull(),
    unitPrice: amount('unit_price').notNull(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.orderId, table.ticketCategoryId] })],
);

export const tickets = pgTable(
  'tickets',
  {
    eventId: text('event_id').notNull(),
    id: text('id').notNull(),
    orderId: text('order_id').notNull(),
    ticketCategoryId: text('ticket_category_id').notNull(),
    code: bytes('code').notNull(),
    codesBefore: integer('codes_before').notNull().default(0),
    status: text('status', { enum: ['live', 'revoked'] })
      .notNull()
      .default('live'),
    issuedAt: time('issued_at').notNull().defaultNow(),
    revokedAt: time('revoked_at'),
    revokedReason: text('revoked_reason'),
    holderName: text('holder_name'),
    namedAt: time('named_at'),
    timesNamed: smallint('times_named').notNull().default(0),
    timesTransferred: smallint('times_transferred').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.id] })],
);

export const ticketKeys = pgTable(
  'ticket_keys',
  {
    eventId: text('event_id').notNull(),
    keyId: integer('key_id').notNull(),
    publicKey: bytes('public_key').notNull(),
    privateKey: text('private_key').notNull(),
    status: text('status', { enum: ['signing', 'accepted', 'withdrawn'] }).notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.keyId] })],
);

export const retiredCodes = pgTable(
  'retired_codes',
  {
    eventId: text('event_id').notNull(),
    code: bytes('code').notNull(),
    ticketId: text('ticket_id').notNull(),
    retiredAt: time('retired_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.code] })],
);

export const ticketTransfers = pgTable(
  'ticket_transfers',
  {
    eventId: text('event_id').notNull(),
    ticketId: text('ticket_id').notNull(),
    number: smallint('number').notNull(),
    holderName: text('holder_name').notNull(),
    holderEmail: text('holder_email').notNull(),
    holderKey: text('holder_key').notNull(),
    transferredAt: time('transferred_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.ticketId, table.number] })],
);

export const waitingEntries = pgTable(
  'waiting_entries',
  {
    eventId: text('event_id').notNull(),
    id: text('id').notNull(),
    ticketCategoryId: text('ticket_category_id').notNull(),
    poolId: text('pool_id').notNull(),
    quantity: smallint('quantity').notNull(),
    name: text('name').notNull(),
    email: text('email').notNull(),
    emailKey: text('email_key').notNull(),
    phone: text('phone').notNull(),
    locale: text('locale', { enum: ['id', 'en'] }).notNull(),
    status: text('status', { enum: ['unconfirmed', 'waiting', 'offering', 'offered', 'ended'] }).notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    joinedAt: time('joined_at'),
    orderId: text('order_id'),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.id] })],
);

export const orderNotes = pgTable(
  'order_notes',
  {
    eventId: text('event_id').notNull(),
    id: text('id').notNull(),
    orderId: text('order_id').notNull(),
    authorKind: text('author_kind', { enum: ['staff', 'api_key'] }).notNull(),
    authorId: text('author_id').notNull(),
    text: text('text').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.id] })],
);

export const orderSearches = pgTable(
  'order_searches',
  {
    eventId: text('event_id').notNull(),
    orderId: text('order_id').notNull(),
    organizerId: text('organizer_id').notNull(),
    name: text('name').notNull(),
    contact: text('contact').notNull(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.orderId] })],
);

export const orderSearchMarks = pgTable('order_search_marks', {
  eventId: text('event_id').primaryKey(),
  afterOrderId: text('after_order_id').notNull(),
});

export type Order = typeof orders.$inferSelect;
export type TicketKeyRow = typeof ticketKeys.$inferSelect;
export type Ticket = typeof tickets.$inferSelect;

export type PromoCode = typeof promoCodes.$inferSelect;
export type NewPromoCode = typeof promoCodes.$inferInsert;
