import { boolean, integer, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { time } from '../../platform/database/columns.ts';

export const noticeKinds = ['cancelled', 'moved', 'postponed'] as const;
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
  /** The times are those before the postponement. */
  readonly isPostponed: boolean;
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
    isHeld: boolean('is_held').notNull().default(false),
    confirmedAt: time('confirmed_at'),
    startedAt: time('started_at'),
    afterOrderId: text('after_order_id').notNull().default(''),
    endedAt: time('ended_at'),
  },
  (table) => [unique().on(table.eventId, table.kind, table.eventVersion)],
);

export type EventNotice = typeof eventNotices.$inferSelect;
