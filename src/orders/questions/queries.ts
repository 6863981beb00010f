import { and, asc, eq, getTableColumns, sql } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';
import { idPatterns } from '../../platform/ids.ts';
import { questionNotFound } from '../errors.ts';
import { type Question, questions } from './tables.ts';

export type CountedQuestion = Question & { readonly answers: number };

/** Its columns are named by hand: drizzle leaves the table out of a column, and `event_id` would be the answers' own. */
const answersOf = sql<number>`(
  select count(*)::int from answers where answers.event_id = questions.event_id and answers.question_id = questions.id)`;

const selectCounted = (db: Db) => db.select({ ...getTableColumns(questions), answers: answersOf }).from(questions);

export const questionIs = (eventId: string, id: string) => and(eq(questions.eventId, eventId), eq(questions.id, id));

/** In the organiser's order, with how often each was answered. */
export async function listQuestions(db: Db, eventId: string): Promise<CountedQuestion[]> {
  return selectCounted(db).where(eq(questions.eventId, eventId)).orderBy(asc(questions.position), asc(questions.id));
}

/** @throws DomainError question.not_found */
export async function findQuestion(db: Db, eventId: string, id: string): Promise<CountedQuestion> {
  if (!idPatterns.plain.test(id)) throw questionNotFound();
  const [found] = await selectCounted(db).where(questionIs(eventId, id));
  if (found === undefined) throw questionNotFound();
  return found;
}
