import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../access/index.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { jsonBody, jsonBytesMax } from '../../http/contract/json-body.ts';
import { idOfCursor, page } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerParams } from '../../http/contract/schemas.ts';
import type { Db } from '../../platform/database/db.ts';
import { taskNotFound } from '../errors.ts';
import { presentTask } from '../present.ts';
import {
  resolveTaskSchema,
  resolveTasksSchema,
  resolvedTasksSchema,
  taskPageSchema,
  taskParams,
  taskQuery,
  taskSchema,
} from '../schemas.ts';
import { findTask, findTasks } from './queries.ts';
import { resolveTask } from './resolve-task.ts';
import { resolveTasks } from './resolve-tasks.ts';

export type TaskRoutesDeps = { readonly db: Db; readonly actors: Actors };

function contracts(deps: TaskRoutesDeps) {
  const manager = forStaff(deps, 'manager', 'Tasks');
  return {
    listTasks: createRoute({
      ...manager.plain,
      method: 'get',
      path: '/v1/organizers/{slug}/tasks',
      operationId: 'listTasks',
      summary: 'Tasks: work that only a person can do',
      request: { params: organizerParams, query: taskQuery },
      responses: { 200: answer(taskPageSchema, 'Newest first.'), ...problems(400, 401, 403, 404) },
    }),
    showTask: createRoute({
      ...manager.plain,
      method: 'get',
      path: '/v1/organizers/{slug}/tasks/{taskId}',
      operationId: 'showTask',
      summary: 'One task',
      request: { params: taskParams },
      responses: { 200: answer(taskSchema, 'The task.'), ...problems(400, 401, 403, 404) },
    }),
    resolveTask: createRoute({
      ...manager.with(jsonBody(jsonBytesMax, { optional: true })),
      method: 'post',
      path: '/v1/organizers/{slug}/tasks/{taskId}/resolution',
      operationId: 'resolveTask',
      summary: 'Resolve a task, or let the gateway refund its money',
      request: {
        params: taskParams,
        body: { required: false, content: { 'application/json': { schema: resolveTaskSchema } } },
      },
      responses: {
        200: answer(taskSchema, 'Done; or the refund is on its way.'),
        ...problems(400, 401, 403, 404, 409, 415),
      },
    }),
    resolveTasks: createRoute({
      ...manager.json,
      method: 'post',
      path: '/v1/organizers/{slug}/tasks/resolutions',
      operationId: 'resolveTasks',
      summary: 'Resolve several tasks that people have done',
      description:
        'For work that is done in one go, such as refunds that were paid from the bank after an event was called off. Each task is ' +
        'resolved by itself, and a refused one does not hold up the others. A repetition answers `task.resolved` for those that are done.',
      request: { params: organizerParams, body: body(resolveTasksSchema) },
      responses: {
        200: answer(resolvedTasksSchema, 'The outcome of each task, in the order of the request.'),
        ...problems(400, 401, 403, 404, 415, 503),
      },
    }),
  };
}

/** The task operations of the organiser's desk. */
export function taskRoutes(deps: TaskRoutesDeps) {
  const routes = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(routes.listTasks, async (c) => {
      const { cursor, status, ...filter } = c.req.valid('query');
      const which = { ...filter, open: status === 'open', beforeId: idOfCursor(cursor) };
      const rows = await findTasks(deps.db, c.var.actor.organizerId, which);
      return c.json(
        page(rows, filter.limit, presentTask, ({ id }) => [id]),
        200,
      );
    })
    .openapi(routes.showTask, async (c) => {
      const task = await findTask(deps.db, c.var.actor.organizerId, c.req.valid('param').taskId);
      if (task === undefined) throw taskNotFound();
      return c.json(presentTask(task), 200);
    })
    .openapi(routes.resolveTask, async (c) => {
      // A request without a body needs no validation.
      const given: { action?: 'done' | 'refund'; amount?: number | undefined } = c.req.valid('json');
      const task = await resolveTask(deps, {
        actor: c.var.actor,
        taskId: c.req.valid('param').taskId,
        action: given.action ?? 'done',
        amount: given.amount,
      });
      return c.json(presentTask(task), 200);
    })
    .openapi(routes.resolveTasks, async (c) => {
      const { taskIds } = c.req.valid('json');
      return c.json({ data: await resolveTasks(deps, { actor: c.var.actor, taskIds }) }, 200);
    });
}
