import { sql } from 'drizzle-orm';
import { bigint, jsonb, pgTable, smallint, text } from 'drizzle-orm/pg-core';
import { time } from './columns.ts';

/** Work that a committed transaction has promised. The row stays until the job is done. */
export const outbox = pgTable('outbox', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  name: text('name').notNull(),
  payload: jsonb('payload').notNull(),
  availableAt: time('available_at').notNull().defaultNow(),
  createdAt: time('created_at').notNull().defaultNow(),
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
  stagedAt: time('staged_at').notNull(),
  failedAt: time('failed_at').notNull().defaultNow(),
});
