import { and, asc, eq, sql } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';
import { idPatterns } from '../../platform/ids.ts';
import { questionNotFound } from '../errors.ts';
import { type Question, answers, questions } from './tables.ts';

export type CountedQuestion = Question & { readonly answers: number };

const answersOf = sql<number>`(
  select count(*)::int from ${answers} a where a.event_id = ${questions.eventId} and a.question_id = ${questions.id})`;

export const questionIs = (eventId: string, id: string) => and(eq(questions.eventId, eventId), eq(questions.id, id));

/** In the organiser's order, with how often each was answered. */
export async function listQuestions(db: Db, eventId: string): Promise<CountedQuestion[]> {
  const rows = await db
    .select({ question: questions, answers: answersOf })
    .from(questions)
    .where(eq(questions.eventId, eventId))
    .orderBy(asc(questions.position), asc(questions.id));
  return rows.map(({ question, answers: count }) => ({ ...question, answers: count }));
}

/** @throws DomainError question.not_found */
export async function findQuestion(db: Db, eventId: string, id: string): Promise<CountedQuestion> {
  if (!idPatterns.plain.test(id)) throw questionNotFound();
  const found = (await listQuestions(db, eventId)).find((question) => question.id === id);
  if (found === undefined) throw questionNotFound();
  return found;
}
