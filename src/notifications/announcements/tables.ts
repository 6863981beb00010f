import { integer, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { time } from '../../platform/database/columns.ts';
import { channels } from '../tables.ts';

/** `reminder` is made by the service, the other kinds by the organiser. */
export const announcementKinds = ['practical', 'news', 'reminder'] as const;
export type AnnouncementKind = (typeof announcementKinds)[number];
export const announcementStatuses = ['draft', 'sending', 'sent', 'cancelled'] as const;

/** The buyers to reach: of these categories, and by whether one of their tickets has entered. Default: all. */
export type Audience = {
  readonly ticketCategoryIds?: string[] | undefined;
  readonly checkedIn?: boolean | undefined;
};

/** The organiser's text in one language. `shortText` is for WhatsApp. */
export type AnnouncementText = {
  readonly subject: string;
  readonly text: string;
  readonly shortText?: string | undefined;
};
export type AnnouncementContent = { readonly id: AnnouncementText; readonly en: AnnouncementText };

export const announcements = pgTable(
  'announcements',
  {
    id: text('id').primaryKey(),
    eventId: text('event_id').notNull(),
    organizerId: text('organizer_id').notNull(),
    number: integer('number').notNull(),
    kind: text('kind', { enum: announcementKinds }).notNull(),
    status: text('status', { enum: announcementStatuses }).notNull().default('draft'),
    channels: text('channels', { enum: channels }).array().notNull(),
    audience: jsonb('audience').$type<Audience>().notNull().default({}),
    audienceUntil: time('audience_until').notNull(),
    content: jsonb('content').$type<AnnouncementContent>(),
    occasion: text('occasion'),
    digest: text('digest').notNull().default(''),
    recipientsEmail: integer('recipients_email').notNull().default(0),
    recipientsWhatsapp: integer('recipients_whatsapp').notNull().default(0),
    createdBy: text('created_by').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    confirmedAt: time('confirmed_at'),
    afterOrderId: text('after_order_id').notNull().default(''),
    endedAt: time('ended_at'),
  },
  (table) => [unique().on(table.eventId, table.number), unique().on(table.eventId, table.kind, table.occasion)],
);

export type Announcement = typeof announcements.$inferSelect;

export const messageSettings = pgTable('message_settings', {
  eventId: text('event_id').primaryKey(),
  reminderHours: integer('reminder_hours'),
  paymentReminderMinutes: integer('payment_reminder_minutes'),
  changeNotices: text('change_notices', { enum: ['automatic', 'confirmed'] })
    .notNull()
    .default('automatic'),
  changedAt: time('changed_at').notNull().defaultNow(),
});
