import { boolean, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { time } from '../../platform/database/columns.ts';

export type QuestionChoice = { readonly text: string; readonly textEn: string | null };

export const questionKinds = ['text', 'choice', 'yes_no'] as const;
export const questionScopes = ['order', 'ticket'] as const;
export const questionStatuses = ['open', 'closed'] as const;

export const questions = pgTable(
  'questions',
  {
    eventId: text('event_id').notNull(),
    id: text('id').notNull(),
    text: text('text').notNull(),
    textEn: text('text_en'),
    kind: text('kind', { enum: questionKinds }).notNull(),
    scope: text('scope', { enum: questionScopes }).notNull(),
    choices: jsonb('choices').$type<readonly QuestionChoice[]>().notNull().default([]),
    isRequired: boolean('is_required').notNull().default(false),
    position: integer('position').notNull().default(0),
    status: text('status', { enum: questionStatuses }).notNull().default('open'),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.id] })],
);

export const answers = pgTable(
  'answers',
  {
    eventId: text('event_id').notNull(),
    orderId: text('order_id').notNull(),
    questionId: text('question_id').notNull(),
    subjectId: text('subject_id').notNull(),
    value: text('value').notNull(),
    answeredAt: time('answered_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.orderId, table.questionId, table.subjectId] })],
);

export type Question = typeof questions.$inferSelect;
