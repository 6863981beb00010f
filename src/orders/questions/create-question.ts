import { eq, sql } from 'drizzle-orm';
import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { ownEvent } from '../desk/own-event.ts';
import { questionLimitReached } from '../errors.ts';
import { questions } from './tables.ts';
import { questionsPerEventMax } from './limits.ts';
import { type CountedQuestion, findQuestion } from './queries.ts';
import type { CreateQuestion } from './schemas.ts';

/**
 * Adds a question that buyers of an event are asked after paying. Its kind and scope can never change.
 * @throws DomainError event.not_found, question.limit_reached
 */
export async function createQuestion(
  deps: { readonly db: Db; readonly clock: Clock },
  { actor, eventId, input }: { actor: Actor; eventId: string; input: CreateQuestion },
): Promise<CountedQuestion> {
  const event = await ownEvent(deps.db, actor, eventId);
  return transaction(deps.db, async (tx) => {
    // One at a time, so that the limit holds.
    await tx.execute(sql`select from events where id = ${event.id} for no key update`);
    const asked = await tx.$count(questions, eq(questions.eventId, event.id));
    if (asked >= questionsPerEventMax) throw questionLimitReached(questionsPerEventMax);
    const id = newId('qst', deps.clock.now());
    await tx.insert(questions).values({ eventId: event.id, id, ...input });
    await writeAudit(tx, {
      actor,
      act: 'question.created',
      subjectId: id,
      changes: { eventId: event.id, text: input.text },
    });
    return findQuestion(tx, event.id, id);
  });
}
