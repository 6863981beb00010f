import { createRoute, z } from '@hono/zod-openapi';
import type { Actors } from '../access/index.ts';
import { type ActorEnv, requireRole } from '../access/middleware.ts';
import type { Config } from '../config.ts';
import { jsonBody } from '../http/contract/json-body.ts';
import { decodeCursor, page } from '../http/contract/pagination.ts';
import { createRouter } from '../http/contract/router.ts';
import { answer, body, problems } from '../http/contract/schemas.ts';
import { hotRequestOfContext } from '../http/hot-path/hot-request.ts';
import { readIdempotencyKey } from '../http/contract/idempotency-key.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database/db.ts';
import { listRefunds } from './refunds/list-refunds.ts';
import { presentRefund, presentTask } from './present.ts';
import { requestRefund } from './refunds/request-refund.ts';
import { resolveTask } from './tasks/resolve-task.ts';
import * as schemas from './schemas.ts';
import { findTasks } from './tasks/queries.ts';
import { byStaff } from '../http/contract/security.ts';

export type PaymentDeskDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly actors: Actors;
  readonly config: Pick<Config, 'ENCRYPTION_KEY'>;
};

const refundsPath = '/v1/organizers/{slug}/orders/{orderId}/refunds';

function contracts(deps: PaymentDeskDeps) {
  const manager = requireRole(deps, 'manager');
  return {
    refund: createRoute({
      method: 'post',
      path: refundsPath,
      tags: ['Refunds'],
      operationId: 'requestRefund',
      summary: 'Give money back: all, an amount, or the price of some tickets',
      security: byStaff,
      middleware: [manager, jsonBody()] as const,
      request: {
        params: schemas.orderOfOrganizerParams,
        // Checked by `readIdempotencyKey`, which has a code of its own for a missing one.
        headers: z.object({ 'idempotency-key': z.string().optional().openapi({ minLength: 16, maxLength: 255 }) }),
        body: body(schemas.requestRefundSchema),
      },
      responses: {
        201: answer(schemas.refundsSchema, 'On its way; one refund per payment that it comes from.'),
        ...problems(400, 401, 403, 404, 409, 415, 422),
      },
    }),
    listRefunds: createRoute({
      method: 'get',
      path: refundsPath,
      tags: ['Refunds'],
      operationId: 'listRefunds',
      summary: 'The refunds of an order',
      security: byStaff,
      middleware: [manager] as const,
      request: { params: schemas.orderOfOrganizerParams, query: schemas.listQuery },
      responses: { 200: answer(schemas.refundPageSchema, 'Newest first.'), ...problems(400, 401, 403, 404) },
    }),
    listTasks: createRoute({
      method: 'get',
      path: '/v1/organizers/{slug}/tasks',
      tags: ['Tasks'],
      operationId: 'listTasks',
      summary: 'Work that only a person can do',
      security: byStaff,
      middleware: [manager] as const,
      request: { params: schemas.organizerParams, query: schemas.taskQuery },
      responses: { 200: answer(schemas.taskPageSchema, 'Newest first.'), ...problems(400, 401, 403, 404) },
    }),
    resolveTask: createRoute({
      method: 'post',
      path: '/v1/organizers/{slug}/tasks/{taskId}/resolution',
      tags: ['Tasks'],
      operationId: 'resolveTask',
      summary: 'Say that a task is done, or let the gateway give its money back',
      security: byStaff,
      middleware: [manager, jsonBody()] as const,
      request: {
        params: schemas.taskParams,
        body: { required: false, content: { 'application/json': { schema: schemas.resolveTaskSchema } } },
      },
      responses: {
        200: answer(schemas.taskSchema, 'Done; or the refund is on its way.'),
        ...problems(400, 401, 403, 404, 409, 415),
      },
    }),
  };
}

/** What the organiser's desk does with money. */
export function paymentDeskRoutes(deps: PaymentDeskDeps) {
  const routes = contracts(deps);
  const beforeId = (cursor: string | undefined) => (cursor === undefined ? undefined : decodeCursor(cursor, ['id'])[0]);
  return createRouter<ActorEnv>()
    .openapi(routes.refund, async (c) => {
      const { refunds, replayed } = await requestRefund(deps, {
        actor: c.var.actor,
        orderId: c.req.valid('param').orderId,
        idempotencyKey: readIdempotencyKey(hotRequestOfContext(c)),
        input: c.req.valid('json'),
      });
      if (replayed) c.header('idempotent-replayed', 'true');
      return c.json({ data: refunds.map(presentRefund) }, 201);
    })
    .openapi(routes.listRefunds, async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const { organizerId } = c.var.actor;
      const { orderId } = c.req.valid('param');
      const rows = await listRefunds(deps, { organizerId, orderId, beforeId: beforeId(cursor), limit });
      return c.json(
        page(rows, limit, presentRefund, ({ id }) => [id]),
        200,
      );
    })
    .openapi(routes.listTasks, async (c) => {
      const { cursor, limit, status } = c.req.valid('query');
      const open = status === 'open';
      const rows = await findTasks(deps.db, c.var.actor.organizerId, { open, beforeId: beforeId(cursor), limit });
      return c.json(
        page(rows, limit, presentTask, ({ id }) => [id]),
        200,
      );
    })
    .openapi(routes.resolveTask, async (c) => {
      // Without a body there is nothing to validate.
      const given: { action?: 'done' | 'refund' } = c.req.valid('json');
      const task = await resolveTask(deps, {
        actor: c.var.actor,
        taskId: c.req.valid('param').taskId,
        action: given.action ?? 'done',
      });
      return c.json(presentTask(task), 200);
    });
}
