import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../access/actors.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems } from '../../http/contract/schemas.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { ownEvent } from '../desk/own-event.ts';
import { eventParams } from '../schemas.ts';
import { changeQuestion, deleteQuestion } from './change-question.ts';
import { createQuestion } from './create-question.ts';
import { type CountedQuestion, listQuestions } from './queries.ts';
import {
  changeQuestionSchema,
  createQuestionSchema,
  questionListSchema,
  questionParams,
  questionSchema,
} from './schemas.ts';

export type QuestionRoutesDeps = { readonly db: Db; readonly clock: Clock; readonly actors: Actors };

const path = '/v1/organizers/{slug}/events/{eventId}/questions';

function contracts(deps: QuestionRoutesDeps) {
  const manager = forStaff(deps, 'manager', 'Organizer: questions');
  return {
    list: createRoute({
      ...manager.plain,
      method: 'get',
      path,
      operationId: 'listQuestions',
      summary: 'The questions to the buyers of an event',
      request: { params: eventParams },
      responses: {
        200: answer(questionListSchema, 'All questions by position.'),
        ...problems(400, 401, 403, 404, 503),
      },
    }),
    create: createRoute({
      ...manager.json,
      method: 'post',
      path,
      operationId: 'createQuestion',
      summary: 'Add a question to buyers',
      description: 'Asked on the order page after payment, together with the names of holders.',
      request: { params: eventParams, body: body(createQuestionSchema) },
      responses: { 201: answer(questionSchema, 'The question.'), ...problems(400, 401, 403, 404, 409, 415, 503) },
    }),
    change: createRoute({
      ...manager.json,
      method: 'patch',
      path: `${path}/{questionId}`,
      operationId: 'changeQuestion',
      summary: 'Change the wording of a question, or stop asking it',
      request: { params: questionParams, body: body(changeQuestionSchema) },
      responses: { 200: answer(questionSchema, 'The question.'), ...problems(400, 401, 403, 404, 415, 503) },
    }),
    remove: createRoute({
      ...manager.plain,
      method: 'delete',
      path: `${path}/{questionId}`,
      operationId: 'deleteQuestion',
      summary: 'Delete a question that nobody has answered',
      request: { params: questionParams },
      responses: { 204: { description: 'Deleted.' }, ...problems(400, 401, 403, 404, 409, 503) },
    }),
  };
}

/** What buyers of an event are asked after paying. */
export function questionRoutes(deps: QuestionRoutesDeps) {
  const { list, create, change, remove } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(list, async (c) => {
      const event = await ownEvent(deps.db, c.var.actor, c.req.valid('param').eventId);
      const questions = await listQuestions(deps.db, event.id);
      return c.json({ data: questions.map(presentQuestion), nextCursor: null }, 200);
    })
    .openapi(create, async (c) => {
      const { eventId } = c.req.valid('param');
      const question = await createQuestion(deps, { actor: c.var.actor, eventId, input: c.req.valid('json') });
      return c.json(presentQuestion(question), 201);
    })
    .openapi(change, async (c) => {
      const { eventId, questionId } = c.req.valid('param');
      const of = { actor: c.var.actor, eventId, questionId };
      return c.json(presentQuestion(await changeQuestion(deps, { ...of, input: c.req.valid('json') })), 200);
    })
    .openapi(remove, async (c) => {
      const { eventId, questionId } = c.req.valid('param');
      await deleteQuestion(deps, { actor: c.var.actor, eventId, questionId });
      return c.body(null, 204);
    });
}

function presentQuestion(question: CountedQuestion) {
  const { id, text, textEn, kind, scope, choices, isRequired, position, status, answers } = question;
  return { id, text, textEn, kind, scope, choices: [...choices], isRequired, position, status, answers };
}
