import { sql } from 'drizzle-orm';
import { bigint, boolean, jsonb, pgTable, smallint, text } from 'drizzle-orm/pg-core';
import { bytes, time } from '../platform/database/columns.ts';
import { roles } from './actor.ts';
import { keyScopes } from './credentials/key-scopes.ts';

export const organizers = pgTable('organizers', {
  id: text('id').primaryKey(),
  slug: text('slug').notNull(),
  name: text('name').notNull(),
  createdAt: time('created_at').notNull().defaultNow(),
});

export const staffStatuses = ['invited', 'active', 'disabled'] as const;
export type StaffStatus = (typeof staffStatuses)[number];

export const staff = pgTable('staff', {
  id: text('id').primaryKey(),
  organizerId: text('organizer_id').notNull(),
  email: text('email').notNull(),
  name: text('name').notNull(),
  role: text('role', { enum: roles }).notNull(),
  status: text('status', { enum: staffStatuses }).notNull(),
  passwordHash: text('password_hash'),
  locale: text('locale', { enum: ['id', 'en'] })
    .notNull()
    .default('id'),
  isDemo: boolean('is_demo').notNull().default(false),
  invitedBy: text('invited_by'),
  eventIds: text('event_ids').array(),
  managerEventIds: text('manager_event_ids').array(),
  createdAt: time('created_at').notNull().defaultNow(),
});

export const staffTokenPurposes = ['invitation', 'password_reset'] as const;
export type StaffTokenPurpose = (typeof staffTokenPurposes)[number];

export const staffTokens = pgTable('staff_tokens', {
  id: text('id').primaryKey(),
  staffId: text('staff_id').notNull(),
  purpose: text('purpose', { enum: staffTokenPurposes }).notNull(),
  expiresAt: time('expires_at').notNull(),
  usedAt: time('used_at'),
  createdAt: time('created_at').notNull().defaultNow(),
});

export const sessions = pgTable('sessions', {
  id: text('id').primaryKey(),
  staffId: text('staff_id').notNull(),
  networkKey: text('network_key'),
  createdAt: time('created_at').notNull().defaultNow(),
  expiresAt: time('expires_at').notNull(),
  endedAt: time('ended_at'),
});

export const apiKeys = pgTable('api_keys', {
  id: text('id').primaryKey(),
  organizerId: text('organizer_id').notNull(),
  name: text('name').notNull(),
  role: text('role', { enum: ['manager', 'door'] }).notNull(),
  scopes: text('scopes', { enum: keyScopes }).array(),
  keyHash: bytes('key_hash').notNull(),
  createdBy: text('created_by').notNull(),
  responsibleId: text('responsible_id').notNull(),
  createdAt: time('created_at').notNull().defaultNow(),
  endedAt: time('ended_at'),
});

export const devices = pgTable('devices', {
  id: text('id').primaryKey(),
  organizerId: text('organizer_id').notNull(),
  eventId: text('event_id').notNull(),
  name: text('name').notNull(),
  tokenHash: bytes('token_hash').notNull(),
  createdBy: text('created_by').notNull(),
  responsibleId: text('responsible_id').notNull(),
  createdAt: time('created_at').notNull().defaultNow(),
  endedAt: time('ended_at'),
});

export const auditActorKinds = ['staff', 'api_key', 'device', 'operator', 'system'] as const;
export type AuditActorKind = (typeof auditActorKinds)[number];

export const auditLog = pgTable('audit_log', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  organizerId: text('organizer_id').notNull(),
  actorKind: text('actor_kind', { enum: auditActorKinds }).notNull(),
  actorId: text('actor_id').notNull(),
  act: text('act').notNull(),
  subjectId: text('subject_id').notNull(),
  changes: jsonb('changes').$type<Readonly<Record<string, unknown>>>().notNull().default({}),
  at: time('at').notNull().default(sql`clock_timestamp()`),
});

export const verificationChannels = ['email', 'whatsapp'] as const;
export type VerificationChannel = (typeof verificationChannels)[number];

export const buyerVerifications = pgTable('buyer_verifications', {
  id: text('id').primaryKey(),
  channel: text('channel', { enum: verificationChannels }).notNull(),
  accountKey: text('account_key').notNull(),
  targetSealed: text('target_sealed').notNull(),
  locale: text('locale', { enum: ['id', 'en'] }).notNull(),
  organizerId: text('organizer_id'),
  eventId: text('event_id'),
  tries: smallint('tries').notNull().default(0),
  createdAt: time('created_at').notNull().defaultNow(),
  expiresAt: time('expires_at').notNull(),
  confirmedAt: time('confirmed_at'),
});

export type Organizer = typeof organizers.$inferSelect;
export type StaffMember = typeof staff.$inferSelect;
export type StaffToken = typeof staffTokens.$inferSelect;
export type Session = typeof sessions.$inferSelect;
export type ApiKey = typeof apiKeys.$inferSelect;
export type Device = typeof devices.$inferSelect;
export type AuditEntry = typeof auditLog.$inferSelect;
