import { createRoute } from '@hono/zod-openapi';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerEventParams } from '../../http/contract/schemas.ts';
import { changeScheduleItem } from './change-schedule-item.ts';
import { createScheduleItem } from './create-schedule-item.ts';
import { deleteScheduleItem } from './delete-schedule-item.ts';
import type { CatalogDeps } from '../deps.ts';
import { showOrganizerEvent } from '../events/show-event.ts';
import { listScheduleItems } from '../public/queries.ts';
import { presentAll, presentScheduleItem } from '../present.ts';
import { scheduleItemSchema, scheduleSchema } from '../schemas.ts';
import { changeScheduleItemSchema, createScheduleItemSchema, scheduleItemParams } from './schemas.ts';

const listPath = '/v1/organizers/{slug}/events/{eventId}/schedule';
const itemPath = `${listPath}/{scheduleItemId}` as const;

function contracts(deps: CatalogDeps) {
  const manager = forStaff(deps, 'manager', 'Events of an organiser');
  const refusals = problems(400, 401, 403, 404, 409);
  return {
    list: createRoute({
      ...manager.plain,
      method: 'get',
      path: listPath,
      operationId: 'listScheduleItems',
      summary: 'The schedule',
      request: { params: organizerEventParams },
      responses: { 200: answer(scheduleSchema, 'All items in the order of the day.'), ...refusals },
    }),
    create: createRoute({
      ...manager.json,
      method: 'post',
      path: listPath,
      operationId: 'createScheduleItem',
      summary: 'Add a schedule item',
      request: { params: organizerEventParams, body: body(createScheduleItemSchema) },
      responses: { 201: answer(scheduleItemSchema, 'Created.'), ...refusals },
    }),
    change: createRoute({
      ...manager.json,
      method: 'patch',
      path: itemPath,
      operationId: 'changeScheduleItem',
      summary: 'Change a schedule item',
      request: { params: scheduleItemParams, body: body(changeScheduleItemSchema) },
      responses: { 200: answer(scheduleItemSchema, 'Changed.'), ...refusals },
    }),
    remove: createRoute({
      ...manager.plain,
      method: 'delete',
      path: itemPath,
      operationId: 'deleteScheduleItem',
      summary: 'Delete a schedule item',
      request: { params: scheduleItemParams },
      responses: { 204: { description: 'Deleted.' }, ...refusals },
    }),
  };
}

export function scheduleRoutes(deps: CatalogDeps) {
  const contract = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(contract.list, async (c) => {
      const { eventId } = c.req.valid('param');
      const event = await showOrganizerEvent(deps, { actor: c.var.actor, eventId });
      return c.json(presentAll(await listScheduleItems(deps.db, event.id), presentScheduleItem), 200);
    })
    .openapi(contract.create, async (c) => {
      const { eventId } = c.req.valid('param');
      const item = await createScheduleItem(deps, { actor: c.var.actor, eventId, values: c.req.valid('json') });
      return c.json(presentScheduleItem(item), 201);
    })
    .openapi(contract.change, async (c) => {
      const { eventId, scheduleItemId } = c.req.valid('param');
      const of = { actor: c.var.actor, eventId, scheduleItemId };
      return c.json(presentScheduleItem(await changeScheduleItem(deps, { ...of, values: c.req.valid('json') })), 200);
    })
    .openapi(contract.remove, async (c) => {
      const { eventId, scheduleItemId } = c.req.valid('param');
      await deleteScheduleItem(deps, { actor: c.var.actor, eventId, scheduleItemId });
      return c.body(null, 204);
    });
}
