import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../access/actors.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerEventParams } from '../../http/contract/schemas.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { changeGate } from './change-gate.ts';
import { createGate } from './create-gate.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { listEventGates } from './queries.ts';
import { presentGate } from '../present.ts';
import { removeGate } from './remove-gate.ts';
import * as schemas from './schemas.ts';

type Deps = { readonly db: Db; readonly actors: Actors; readonly clock: Clock };

const gatesPath = '/v1/organizers/{slug}/events/{eventId}/gates';
const gatePath = `${gatesPath}/{gateId}` as const;

/** The gates of an event, managed by its organiser. */
export function gateRoutes(deps: Deps) {
  const door = forStaff(deps, 'door', 'Gates');
  const manager = forStaff(deps, 'manager', 'Gates');

  const list = createRoute({
    ...door.plain,
    method: 'get',
    path: gatesPath,
    operationId: 'listGates',
    summary: 'List gates',
    request: { params: organizerEventParams },
    responses: {
      200: answer(schemas.gateListSchema, 'All gates, by name.'),
      ...problems(400, 401, 403, 404, 429, 503),
    },
  });

  const create = createRoute({
    ...manager.json,
    method: 'post',
    path: gatesPath,
    operationId: 'createGate',
    summary: 'Add a gate',
    request: { params: organizerEventParams, body: body(schemas.newGateSchema) },
    responses: { 201: answer(schemas.gateSchema, 'The gate.'), ...problems(400, 401, 403, 404, 409, 429, 503) },
  });

  const change = createRoute({
    ...manager.json,
    method: 'patch',
    path: gatePath,
    operationId: 'changeGate',
    summary: 'Change a gate',
    request: { params: schemas.gateParams, body: body(schemas.gateChangeSchema) },
    responses: {
      200: answer(schemas.gateSchema, 'The gate as it is now.'),
      ...problems(400, 401, 403, 404, 409, 429, 503),
    },
  });

  const remove = createRoute({
    ...manager.plain,
    method: 'delete',
    path: gatePath,
    operationId: 'removeGate',
    summary: 'Remove a gate',
    request: { params: schemas.gateParams },
    responses: { 204: { description: 'Removed.' }, ...problems(400, 401, 403, 404, 429, 503) },
  });

  return createRouter<ActorEnv>()
    .openapi(list, async (c) => {
      const { id } = await findActorEvent(deps, c.var.actor, c.req.valid('param').eventId);
      const gates = await listEventGates(deps.db, id);
      return c.json({ data: gates.map(presentGate), nextCursor: null }, 200);
    })
    .openapi(create, async (c) => {
      const { eventId } = c.req.valid('param');
      return c.json(presentGate(await createGate(deps, c.var.actor, { eventId, ...c.req.valid('json') })), 201);
    })
    .openapi(change, async (c) => {
      const { eventId, gateId } = c.req.valid('param');
      return c.json(presentGate(await changeGate(deps, c.var.actor, { eventId, gateId, ...c.req.valid('json') })), 200);
    })
    .openapi(remove, async (c) => {
      const { eventId, gateId } = c.req.valid('param');
      await removeGate(deps, c.var.actor, { eventId, gateId });
      return c.body(null, 204);
    });
}
