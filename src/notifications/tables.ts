import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  date,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
} from 'drizzle-orm/pg-core';
import { time } from '../platform/database/columns.ts';

export const templates = [
  'tickets',
  'order_cancelled',
  'order_refunded',
  'refund_done',
  'order_placed',
  'order_link',
  'order_found',
  'event_cancelled',
  'event_moved',
  'event_postponed',
  'event_practical',
  'event_news',
  'event_reminder',
  'payment_expiring',
  'ticket_received',
  'ticket_given',
  'ticket_withdrawn',
  'waiting_confirm',
  'places_offered',
  'staff_invitation',
  'staff_password_reset',
  'buyer_code',
  'report_ready',
  'report_failed',
  'webhook_disabled',
  'message_test',
] as const;
export type Template = (typeof templates)[number];
export type AnnouncementTemplate = Extract<Template, 'event_practical' | 'event_news' | 'event_reminder'>;
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
    createdAt: time('created_at').notNull().default(sql`clock_timestamp()`),
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

export const senderKinds = ['whatsapp_cloud', 'waha', 'fonnte', 'wablas'] as const;
export type SenderKind = (typeof senderKinds)[number];

export const senders = pgTable(
  'senders',
  {
    id: text('id').primaryKey(),
    organizerId: text('organizer_id'),
    kind: text('kind', { enum: senderKinds }).notNull(),
    externalId: text('external_id').notNull(),
    credentials: text('credentials').notNull(),
    businessAccountId: text('business_account_id'),
    weight: integer('weight').notNull().default(100),
    messagesPerSecond: doublePrecision('messages_per_second').notNull().default(60),
    dailyCap: integer('daily_cap'),
    warmUpFrom: integer('warm_up_from'),
    warmUpStartedOn: date('warm_up_started_on').notNull().default(sql`(now() at time zone 'UTC')::date`),
    status: text('status', { enum: ['active', 'cooling', 'disabled'] })
      .notNull()
      .default('active'),
    coolingUntil: time('cooling_until'),
    circuitOpenUntil: time('circuit_open_until'),
    lastFailure: text('last_failure'),
    templatesCheckedAt: time('templates_checked_at'),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [unique().on(table.kind, table.externalId)],
);

export const senderDays = pgTable(
  'sender_days',
  {
    senderId: text('sender_id').notNull(),
    day: date('day').notNull(),
    taken: integer('taken').notNull(),
    granted: integer('granted').notNull(),
  },
  (table) => [primaryKey({ columns: [table.senderId, table.day] })],
);

export const senderTemplates = pgTable(
  'sender_templates',
  {
    senderId: text('sender_id').notNull(),
    name: text('name').notNull(),
    language: text('language').notNull(),
    status: text('status').notNull(),
    reason: text('reason'),
    parameters: integer('parameters'),
    checkedAt: time('checked_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.senderId, table.name, table.language] })],
);

export const messageTexts = pgTable(
  'message_texts',
  {
    organizerId: text('organizer_id').notNull(),
    template: text('template').notNull(),
    locale: text('locale', { enum: ['id', 'en'] }).notNull(),
    body: text('body').notNull(),
    changedAt: time('changed_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organizerId, table.template, table.locale] })],
);

export const gatewayStatuses = pgTable(
  'gateway_statuses',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    senderId: text('sender_id').notNull(),
    messageId: text('message_id'),
    stateId: text('state_id'),
    status: text('status', { enum: ['known', 'sent', 'delivered', 'read', 'failed'] }).notNull(),
    failure: text('failure'),
    reportedAt: time('reported_at').notNull().defaultNow(),
  },
  (table) => [index('gateway_statuses_reported').on(table.reportedAt)],
);

export const inboundMessages = pgTable(
  'inbound_messages',
  {
    id: text('id').primaryKey(),
    organizerId: text('organizer_id'),
    senderId: text('sender_id').notNull(),
    providerMessageId: text('provider_message_id').notNull(),
    recipientKey: text('recipient_key').notNull(),
    sealed: text('sealed').notNull(),
    command: text('command', { enum: ['stop', 'start'] }),
    receivedAt: time('received_at').notNull().defaultNow(),
  },
  (table) => [
    unique().on(table.senderId, table.providerMessageId),
    index('inbound_messages_organizer').on(table.organizerId, table.id),
    index('inbound_messages_received').on(table.receivedAt),
    index('inbound_messages_recipient').on(table.recipientKey, table.receivedAt),
  ],
);

export const newsConsents = pgTable(
  'news_consents',
  {
    eventId: text('event_id').notNull(),
    orderId: text('order_id').notNull(),
    organizerId: text('organizer_id').notNull(),
    wording: text('wording').notNull(),
    locale: text('locale', { enum: ['id', 'en'] }).notNull(),
    givenAt: time('given_at').notNull().defaultNow(),
    withdrawnAt: time('withdrawn_at'),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.orderId] })],
);

export const newsStops = pgTable(
  'news_stops',
  {
    organizerId: text('organizer_id').notNull(),
    channel: text('channel', { enum: channels }).notNull(),
    recipientKey: text('recipient_key').notNull(),
    isStopped: boolean('is_stopped').notNull(),
    saidAt: time('said_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizerId, table.channel, table.recipientKey] })],
);

/** Why a recipient gets no more messages. */
export const suppressionReasons = ['no_such_mailbox', 'complaint', 'no_whatsapp'] as const;
export type SuppressionReason = (typeof suppressionReasons)[number];

export const suppressions = pgTable(
  'suppressions',
  {
    channel: text('channel', { enum: channels }).notNull(),
    recipientKey: text('recipient_key').notNull(),
    reason: text('reason', { enum: suppressionReasons }).notNull(),
    until: time('until'),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.channel, table.recipientKey] })],
);

export type Sender = typeof senders.$inferSelect;
