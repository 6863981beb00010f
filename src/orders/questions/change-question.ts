import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { requestInvalid } from '../../platform/errors.ts';
import { inputFault } from '../../platform/field-faults.ts';
import { ownEvent } from '../desk/own-event.ts';
import { questionAnswered } from '../errors.ts';
import { questions } from './tables.ts';
import { choicesMin } from './limits.ts';
import { type CountedQuestion, findQuestion, questionIs } from './queries.ts';
import type { ChangeQuestion } from './schemas.ts';

type QuestionOfActor = { readonly actor: Actor; readonly eventId: string; readonly questionId: string };

/**
 * Changes the wording of a question, whether it must be answered, or whether it is asked. Existing answers stay.
 * @throws DomainError event.not_found, question.not_found, request.invalid for choices that do not fit the kind
 */
export async function changeQuestion(
  deps: { readonly db: Db },
  { actor, eventId, questionId, input }: QuestionOfActor & { readonly input: ChangeQuestion },
): Promise<CountedQuestion> {
  const event = await ownEvent(deps.db, actor, eventId);
  return transaction(deps.db, async (tx) => {
    const question = await findQuestion(tx, event.id, questionId);
    const choices = input.choices ?? question.choices;
    if (question.kind !== 'choice' && choices.length > 0)
      throw requestInvalid([inputFault('choices', 'field.unknown')]);
    if (question.kind === 'choice' && choices.length < choicesMin)
      throw requestInvalid([inputFault('choices', 'list.too_short', { limit: choicesMin })]);
    await tx.update(questions).set(input).where(questionIs(event.id, questionId));
    await writeAudit(tx, {
      actor,
      act: 'question.changed',
      subjectId: questionId,
      changes: { eventId: event.id, fields: Object.keys(input) },
    });
    return findQuestion(tx, event.id, questionId);
  });
}

/**
 * Deletes a question that nobody has answered.
 * @throws DomainError event.not_found, question.not_found, question.answered
 */
export async function deleteQuestion(
  deps: { readonly db: Db },
  { actor, eventId, questionId }: QuestionOfActor,
): Promise<void> {
  const event = await ownEvent(deps.db, actor, eventId);
  await transaction(deps.db, async (tx) => {
    // No answer is written while this lock is held, because each answer refers to its question.
    await tx.select({ id: questions.id }).from(questions).where(questionIs(event.id, questionId)).for('update');
    const { answers, text } = await findQuestion(tx, event.id, questionId);
    if (answers > 0) throw questionAnswered();
    await tx.delete(questions).where(questionIs(event.id, questionId));
    await writeAudit(tx, {
      actor,
      act: 'question.deleted',
      subjectId: questionId,
      changes: { eventId: event.id, text },
    });
  });
}
