import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../access/index.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { jsonBody, jsonBytesMax } from '../../http/contract/json-body.ts';
import { idOfCursor, page } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, problems, organizerParams } from '../../http/contract/schemas.ts';
import type { Db } from '../../platform/database/db.ts';
import { presentTask } from '../present.ts';
import { resolveTaskSchema, taskPageSchema, taskParams, taskQuery, taskSchema } from '../schemas.ts';
import { findTasks } from './queries.ts';
import { resolveTask } from './resolve-task.ts';

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
  };
}

/** The task operations of the organiser's desk. */
export function taskRoutes(deps: TaskRoutesDeps) {
  const routes = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(routes.listTasks, async (c) => {
      const { cursor, limit, status } = c.req.valid('query');
      const open = status === 'open';
      const rows = await findTasks(deps.db, c.var.actor.organizerId, { open, beforeId: idOfCursor(cursor), limit });
      return c.json(
        page(rows, limit, presentTask, ({ id }) => [id]),
        200,
      );
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
    });
}
