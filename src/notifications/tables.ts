import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, primaryKey, smallint, text, unique } from 'drizzle-orm/pg-core';
import { time } from '../platform/database/columns.ts';

export const templates = [
  'tickets',
  'order_cancelled',
  'order_refunded',
  'order_link',
  'event_cancelled',
  'event_moved',
  'staff_invitation',
  'staff_password_reset',
  'buyer_code',
] as const;
export type Template = (typeof templates)[number];

export const channels = ['email', 'whatsapp'] as const;
export type Channel = (typeof channels)[number];

export const deliveryStatuses = [
  'queued',
  'sending',
  'accepted',
  'sent',
  'delivered',
  'read',
  'failed',
  'unknown',
  'suppressed',
  'capped',
] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

export const deliveries = pgTable(
  'deliveries',
  {
    id: text('id').primaryKey(),
    /** Null for a code that is for no event in particular. */
    organizerId: text('organizer_id'),
    eventId: text('event_id'),
    subjectId: text('subject_id').notNull(),
    template: text('template', { enum: templates }).notNull(),
    channel: text('channel', { enum: channels }).notNull(),
    recipientKey: text('recipient_key').notNull(),
    version: integer('version').notNull().default(1),
    share: text('share'),
    status: text('status', { enum: deliveryStatuses }).notNull().default('queued'),
    senderId: text('sender_id'),
    providerMessageId: text('provider_message_id'),
    tries: integer('tries').notNull().default(0),
    failure: text('failure'),
    createdAt: time('created_at').notNull().defaultNow(),
    sendingAt: time('sending_at'),
    acceptedAt: time('accepted_at'),
    deliveredAt: time('delivered_at'),
    nextCheckAt: time('next_check_at').default(sql`now() + interval '15 minutes'`),
    unknowns: smallint('unknowns').notNull().default(0),
  },
  (table) => [
    unique().on(table.subjectId, table.template, table.channel, table.recipientKey, table.version),
    index('deliveries_next_check').on(table.nextCheckAt),
  ],
);

export const senders = pgTable('senders', {
  id: text('id').primaryKey(),
  organizerId: text('organizer_id'),
  kind: text('kind', { enum: ['whatsapp_cloud'] }).notNull(),
  phoneNumberId: text('phone_number_id').notNull(),
  credentials: text('credentials').notNull(),
  messagesPerSecond: integer('messages_per_second').notNull().default(60),
  status: text('status', { enum: ['active', 'cooling', 'disabled'] })
    .notNull()
    .default('active'),
  coolingUntil: time('cooling_until'),
  lastFailure: text('last_failure'),
  createdAt: time('created_at').notNull().defaultNow(),
});

export const suppressions = pgTable(
  'suppressions',
  {
    channel: text('channel', { enum: channels }).notNull(),
    recipientKey: text('recipient_key').notNull(),
    reason: text('reason').notNull(),
    until: time('until'),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.channel, table.recipientKey] })],
);

export const noticeKinds = ['cancelled', 'moved'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** When and where an event is, as far as its holders are concerned. Times are RFC 3339. */
export type EventPlan = {
  readonly startsAt: string;
  readonly endsAt: string;
  readonly doorsOpenAt: string;
  readonly timeZone: string;
  readonly venue: string;
  readonly address: string;
  readonly city: string;
};

export const eventNotices = pgTable(
  'event_notices',
  {
    id: text('id').primaryKey(),
    eventId: text('event_id').notNull(),
    kind: text('kind', { enum: noticeKinds }).notNull(),
    before: jsonb('before').$type<EventPlan>().notNull(),
    eventVersion: integer('event_version').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    changedAt: time('changed_at').notNull().defaultNow(),
    dueAt: time('due_at').notNull(),
    startedAt: time('started_at'),
    afterOrderId: text('after_order_id').notNull().default(''),
    endedAt: time('ended_at'),
  },
  (table) => [unique().on(table.eventId, table.kind, table.eventVersion)],
);

export type EventNotice = typeof eventNotices.$inferSelect;
export type Sender = typeof senders.$inferSelect;
