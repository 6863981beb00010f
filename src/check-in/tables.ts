import { boolean, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { bytes, time } from '../platform/database/columns.ts';

export const reEntryRules = ['none', 'after_exit', 'always'] as const;
export type ReEntryRule = (typeof reEntryRules)[number];

export const zones = pgTable(
  'zones',
  {
    eventId: text('event_id').notNull(),
    id: text('id').notNull(),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    capacity: integer('capacity'),
    inside: integer('inside').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.id] })],
);

export const gates = pgTable(
  'gates',
  {
    eventId: text('event_id').notNull(),
    id: text('id').notNull(),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    ticketCategoryIds: text('ticket_category_ids').array(),
    opensAt: time('opens_at'),
    closesAt: time('closes_at'),
    reEntry: text('re_entry', { enum: reEntryRules }).notNull().default('after_exit'),
    zoneId: text('zone_id'),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.id] })],
);

export const doorSettings = pgTable('door_settings', {
  eventId: text('event_id').primaryKey(),
  showsNames: boolean('shows_names').notNull().default(false),
  categoryNotes: jsonb('category_notes').$type<Readonly<Record<string, string>>>().notNull().default({}),
  updatedAt: time('updated_at').notNull().defaultNow(),
});

export const admissions = pgTable(
  'admissions',
  {
    eventId: text('event_id').notNull(),
    ticketId: text('ticket_id').notNull(),
    inside: boolean('inside').notNull().default(true),
    admittedAt: time('admitted_at').notNull(),
    gate: text('gate'),
    actorId: text('actor_id').notNull(),
    deviceId: text('device_id').notNull(),
    scanId: text('scan_id').notNull(),
    entries: integer('entries').notNull().default(1),
    zoneId: text('zone_id'),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.ticketId] })],
);

/** The rules that an offline entry may have broken. */
export const faults = [
  'revoked',
  'invalid',
  'wrong_event',
  'not_paid',
  'too_early',
  'too_late',
  'wrong_gate',
  'gate_closed',
  'no_reentry',
] as const;
export type Fault = (typeof faults)[number];

export const scanResults = ['admitted', 'exited', 'already_used', ...faults, 'zone_full'] as const;
export type ScanResult = (typeof scanResults)[number];

export const directions = ['entry', 'exit'] as const;
export type Direction = (typeof directions)[number];

export const scans = pgTable(
  'scans',
  {
    eventId: text('event_id').notNull(),
    actorId: text('actor_id').notNull(),
    deviceId: text('device_id').notNull(),
    scanId: text('scan_id').notNull(),
    content: bytes('content').notNull(),
    ticketId: text('ticket_id'),
    direction: text('direction', { enum: directions }).notNull(),
    result: text('result', { enum: scanResults }).notNull(),
    passed: boolean('passed').notNull(),
    fault: text('fault', { enum: faults }),
    conflict: boolean('conflict').notNull().default(false),
    conflictAt: time('conflict_at'),
    conflictGate: text('conflict_gate'),
    gate: text('gate'),
    gateKey: text('gate_key'),
    zoneId: text('zone_id'),
    reEnters: boolean('re_enters').notNull().default(false),
    offline: boolean('offline').notNull().default(false),
    decision: text('decision', { enum: scanResults }),
    deviceAt: time('device_at'),
    scannedAt: time('scanned_at').notNull(),
    receivedAt: time('received_at').notNull().defaultNow(),
    firstAdmittedAt: time('first_admitted_at'),
    firstGate: text('first_gate'),
    undoneAt: time('undone_at'),
    undoneBy: text('undone_by'),
    undoneReason: text('undone_reason'),
  },
  (table) => [
    primaryKey({ columns: [table.eventId, table.actorId, table.deviceId, table.scanId] }),
    index('scans_ticket').on(table.ticketId, table.eventId, table.scannedAt),
  ],
);

export type Gate = typeof gates.$inferSelect;
export type Zone = typeof zones.$inferSelect;
