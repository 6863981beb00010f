import { bigint, index, integer, jsonb, pgTable, smallint, text, unique } from 'drizzle-orm/pg-core';
import { time } from '../platform/database/columns.ts';

export const reportKinds = ['attendees', 'orders', 'payments', 'refunds', 'ledger', 'check_ins', 'deliveries'] as const;
export type ReportKindName = (typeof reportKinds)[number];

/** `csv_semicolon` is CSV for Excel in countries whose list separator is the semicolon, such as Indonesia. */
export const reportFormats = ['csv', 'csv_semicolon', 'xlsx'] as const;
export type ReportFormat = (typeof reportFormats)[number];

export const reportStatuses = ['waiting', 'making', 'ready', 'failed', 'cancelled', 'expired'] as const;

/** The filters of a report. Times are RFC 3339; `to` itself is excluded. */
export type ReportFilters = { readonly from?: string; readonly to?: string; readonly status?: string };

export const reportSchedules = pgTable('report_schedules', {
  id: text('id').primaryKey(),
  organizerId: text('organizer_id').notNull(),
  memberId: text('member_id').notNull(),
  eventId: text('event_id'),
  kind: text('kind', { enum: reportKinds }).notNull(),
  format: text('format', { enum: reportFormats }).notNull(),
  covers: text('covers', { enum: ['everything', 'period'] }).notNull(),
  every: text('every', { enum: ['day', 'week'] }).notNull(),
  weekday: smallint('weekday'),
  hour: smallint('hour').notNull(),
  timeZone: text('time_zone').notNull(),
  nextRunAt: time('next_run_at').notNull(),
  lastRunAt: time('last_run_at'),
  failures: smallint('failures').notNull().default(0),
  restsUntil: time('rests_until'),
  createdAt: time('created_at').notNull().defaultNow(),
  endedAt: time('ended_at'),
});

export const reports = pgTable(
  'reports',
  {
    id: text('id').primaryKey(),
    organizerId: text('organizer_id').notNull(),
    eventId: text('event_id'),
    kind: text('kind', { enum: reportKinds }).notNull(),
    format: text('format', { enum: reportFormats }).notNull(),
    filters: jsonb('filters').$type<ReportFilters>().notNull().default({}),
    status: text('status', { enum: reportStatuses }).notNull().default('waiting'),
    requestedBy: text('requested_by').notNull(),
    memberId: text('member_id'),
    scheduleId: text('schedule_id'),
    periodAt: time('period_at'),
    rows: bigint('rows', { mode: 'number' }).notNull().default(0),
    bytes: bigint('bytes', { mode: 'number' }),
    run: integer('run').notNull().default(0),
    failures: smallint('failures').notNull().default(0),
    failure: text('failure'),
    createdAt: time('created_at').notNull().defaultNow(),
    startedAt: time('started_at'),
    leaseUntil: time('lease_until'),
    finishedAt: time('finished_at'),
    expiresAt: time('expires_at'),
    clearedAt: time('cleared_at'),
  },
  (table) => [
    unique().on(table.scheduleId, table.periodAt),
    index('reports_organizer').on(table.organizerId, table.id),
  ],
);

export type Report = typeof reports.$inferSelect;
export type ReportSchedule = typeof reportSchedules.$inferSelect;
