import { sql } from 'drizzle-orm';
import { bigint, jsonb, pgTable, smallint, text, timestamp } from 'drizzle-orm/pg-core';

/** Work that a committed transaction has promised. The row stays until the job is done. */
export const outbox = pgTable('outbox', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  name: text('name').notNull(),
  payload: jsonb('payload').notNull(),
  availableAt: timestamp('available_at', { withTimezone: true }).notNull().defaultNow(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  relays: smallint('relays').notNull().default(0),
  /** The event that the job works for, '-' for none. */
  eventId: text('event_id')
    .notNull()
    .generatedAlwaysAs(sql`coalesce(payload ->> 'eventId', 'evt_' || substr(payload ->> 'attemptId', 5, 8), '-')`),
  /** The sampled trace that staged the job. */
  traceparent: text('traceparent'),
});

/** Jobs that were given up, kept for a person. */
export const deadLetters = pgTable('dead_letters', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  outboxId: bigint('outbox_id', { mode: 'number' }).notNull(),
  name: text('name').notNull(),
  payload: jsonb('payload').notNull(),
  failure: text('failure').notNull(),
  stagedAt: timestamp('staged_at', { withTimezone: true }).notNull(),
  failedAt: timestamp('failed_at', { withTimezone: true }).notNull().defaultNow(),
});
