import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core';
import { time } from '../../platform/database/columns.ts';

export const endpointStatuses = ['active', 'disabled', 'deleted'] as const;
/** `organizer`: a person of the organiser did it. `failing`: nothing was delivered for days. `gone`: it answered 410. */
export const disabledReasons = ['organizer', 'failing', 'gone'] as const;
export type DisabledReason = (typeof disabledReasons)[number];

/** Why a try to deliver a webhook failed. `status`: the endpoint answered, but with no 2xx. */
export const callFailures = [
  'status',
  'redirect',
  'timeout',
  'no_public_address',
  'dns_failed',
  'connection_refused',
  'tls',
  'connection_failed',
] as const;
export type CallFailure = (typeof callFailures)[number];

export const webhookEndpoints = pgTable(
  'webhook_endpoints',
  {
    id: text('id').primaryKey(),
    organizerId: text('organizer_id').notNull(),
    url: text('url').notNull(),
    description: text('description').notNull().default(''),
    types: text('types').array().notNull(),
    secret: text('secret').notNull(),
    previousSecret: text('previous_secret'),
    previousSecretUntil: time('previous_secret_until'),
    status: text('status', { enum: endpointStatuses }).notNull().default('active'),
    disabledReason: text('disabled_reason', { enum: disabledReasons }),
    disabledAt: time('disabled_at'),
    subscribedSince: time('subscribed_since').notNull().default(sql`clock_timestamp()`),
    failures: integer('failures').notNull().default(0),
    failingSince: time('failing_since'),
    pausedUntil: time('paused_until'),
    turn: integer('turn').notNull().default(0),
    turnUntil: time('turn_until'),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [index('webhook_endpoints_organizer').on(table.organizerId)],
);

export const webhooks = pgTable(
  'webhooks',
  {
    id: text('id').primaryKey(),
    organizerId: text('organizer_id').notNull(),
    eventId: text('event_id'),
    type: text('type').notNull(),
    subjectId: text('subject_id').notNull(),
    data: jsonb('data').$type<Readonly<Record<string, unknown>>>().notNull(),
    occurredAt: time('occurred_at').notNull(),
  },
  (table) => [
    index('webhooks_organizer').on(table.organizerId, table.id),
    index('webhooks_subject').on(table.subjectId),
  ],
);

export const webhookDeliveryStatuses = ['pending', 'delivered', 'failed'] as const;

export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    endpointId: text('endpoint_id').notNull(),
    webhookId: text('webhook_id').notNull(),
    subjectId: text('subject_id').notNull(),
    status: text('status', { enum: webhookDeliveryStatuses }).notNull().default('pending'),
    tries: smallint('tries').notNull().default(0),
    dueAt: time('due_at'),
    triedAt: time('tried_at'),
    answerStatus: smallint('answer_status'),
    failure: text('failure', { enum: callFailures }),
    tookMs: integer('took_ms'),
    deliveredAt: time('delivered_at'),
  },
  (table) => [
    primaryKey({ columns: [table.endpointId, table.webhookId] }),
    index('webhook_deliveries_due').on(table.endpointId, table.dueAt),
    index('webhook_deliveries_subject').on(table.endpointId, table.subjectId, table.webhookId),
  ],
);

export type WebhookEndpoint = typeof webhookEndpoints.$inferSelect;
export type Webhook = typeof webhooks.$inferSelect;
export type WebhookDelivery = typeof webhookDeliveries.$inferSelect;
