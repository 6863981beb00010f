import { boolean, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { amount, time } from '../platform/database/columns.ts';

/** Picture files. The row is deleted with its files when no event shows the picture. */
export const pictures = pgTable('pictures', {
  id: text('id').primaryKey(),
  organizerId: text('organizer_id').notNull(),
  /** When it was last uploaded, or taken from an event. */
  touchedAt: time('touched_at').notNull().defaultNow(),
});

/** The profile of an organizer. An organizer without a row has none yet. */
export const organizerProfiles = pgTable('organizer_profiles', {
  organizerId: text('organizer_id').primaryKey(),
  contactEmail: text('contact_email'),
  contactPhone: text('contact_phone'),
  privacyId: text('privacy_id').notNull().default(''),
  privacyEn: text('privacy_en').notNull().default(''),
  termsId: text('terms_id').notNull().default(''),
  termsEn: text('terms_en').notNull().default(''),
  changedAt: time('changed_at').notNull().defaultNow(),
});

export const events = pgTable('events', {
  id: text('id').primaryKey(),
  organizerId: text('organizer_id').notNull(),
  slug: text('slug').notNull(),
  name: text('name').notNull(),
  summary: text('summary').notNull().default(''),
  description: text('description').notNull().default(''),
  nameEn: text('name_en'),
  summaryEn: text('summary_en'),
  descriptionEn: text('description_en'),
  category: text('category').notNull(),
  city: text('city').notNull(),
  venue: text('venue').notNull(),
  address: text('address').notNull().default(''),
  timeZone: text('time_zone').notNull().default('Asia/Jakarta'),
  currency: text('currency').notNull().default('IDR'),
  country: text('country').notNull().default('ID'),
  startsAt: time('starts_at').notNull(),
  endsAt: time('ends_at').notNull(),
  doorsOpenAt: time('doors_open_at').notNull(),
  status: text('status', { enum: ['draft', 'published', 'cancelled'] })
    .notNull()
    .default('draft'),
  sales: text('sales', { enum: ['open', 'closed'] })
    .notNull()
    .default('open'),
  holdSeconds: integer('hold_seconds').notNull().default(1800),
  ticketsPerOrderMax: integer('tickets_per_order_max').notNull().default(10),
  ticketsPerBuyerMax: integer('tickets_per_buyer_max'),
  feePerTicket: amount('fee_per_ticket').notNull().default(0),
  refundableUntilHours: integer('refundable_until_hours'),
  transfersAllowed: boolean('transfers_allowed').notNull().default(true),
  hasWaitingList: boolean('has_waiting_list').notNull().default(false),
  detailsUntilHours: integer('details_until_hours').notNull().default(0),
  version: integer('version').notNull().default(1),
  createdAt: time('created_at').notNull().defaultNow(),
  publishedAt: time('published_at'),
  postponedAt: time('postponed_at'),
  pictureId: text('picture_id'),
  pictureAlt: text('picture_alt').notNull().default(''),
  pictureFocusX: integer('picture_focus_x').notNull().default(50),
  pictureFocusY: integer('picture_focus_y').notNull().default(50),
});

export const scheduleItems = pgTable(
  'schedule_items',
  {
    eventId: text('event_id').notNull(),
    id: text('id').notNull(),
    title: text('title').notNull(),
    stage: text('stage').notNull().default(''),
    description: text('description').notNull().default(''),
    titleEn: text('title_en'),
    stageEn: text('stage_en'),
    descriptionEn: text('description_en'),
    startsAt: time('starts_at').notNull(),
    endsAt: time('ends_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.id] })],
);

export const ticketCategories = pgTable(
  'ticket_categories',
  {
    eventId: text('event_id').notNull(),
    id: text('id').notNull(),
    poolId: text('pool_id').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    nameEn: text('name_en'),
    descriptionEn: text('description_en'),
    price: amount('price').notNull(),
    saleOpensAt: time('sale_opens_at').notNull(),
    saleClosesAt: time('sale_closes_at').notNull(),
    perOrderMin: integer('per_order_min').notNull().default(1),
    perOrderMax: integer('per_order_max').notNull().default(10),
    perBuyerMax: integer('per_buyer_max'),
    entryOpensAt: time('entry_opens_at'),
    entryClosesAt: time('entry_closes_at'),
    position: integer('position').notNull().default(0),
    status: text('status', { enum: ['on_sale', 'closed'] })
      .notNull()
      .default('on_sale'),
    hasHolderNames: boolean('has_holder_names').notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.id] })],
);
