import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../access/actors.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerEventParams } from '../../http/contract/schemas.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { changeZone } from './change-zone.ts';
import { createZone } from './create-zone.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { listEventZones } from '../gates/queries.ts';
import { presentZone } from '../present.ts';
import { removeZone } from './remove-zone.ts';
import * as schemas from './schemas.ts';

type Deps = { readonly db: Db; readonly actors: Actors; readonly clock: Clock };

const zonesPath = '/v1/organizers/{slug}/events/{eventId}/zones';
const zonePath = `${zonesPath}/{zoneId}` as const;

/** The zones of an event and the people inside, managed by its organiser. */
export function zoneRoutes(deps: Deps) {
  const door = forStaff(deps, 'door', 'Gates');
  const manager = forStaff(deps, 'manager', 'Gates');

  const list = createRoute({
    ...door.plain,
    method: 'get',
    path: zonesPath,
    operationId: 'listZones',
    summary: 'List zones',
    request: { params: organizerEventParams },
    responses: {
      200: answer(schemas.zoneListSchema, 'All zones, by name.'),
      ...problems(400, 401, 403, 404, 429, 503),
    },
  });

  const create = createRoute({
    ...manager.json,
    method: 'post',
    path: zonesPath,
    operationId: 'createZone',
    summary: 'Add a zone',
    request: { params: organizerEventParams, body: body(schemas.newZoneSchema) },
    responses: { 201: answer(schemas.zoneSchema, 'The zone.'), ...problems(400, 401, 403, 404, 409, 429, 503) },
  });

  const change = createRoute({
    ...manager.json,
    method: 'patch',
    path: zonePath,
    operationId: 'changeZone',
    summary: 'Change a zone',
    request: { params: schemas.zoneParams, body: body(schemas.zoneChangeSchema) },
    responses: {
      200: answer(schemas.zoneSchema, 'The zone as it is now.'),
      ...problems(400, 401, 403, 404, 409, 429, 503),
    },
  });

  const remove = createRoute({
    ...manager.plain,
    method: 'delete',
    path: zonePath,
    operationId: 'removeZone',
    summary: 'Remove a zone',
    request: { params: schemas.zoneParams },
    responses: { 204: { description: 'Removed.' }, ...problems(400, 401, 403, 404, 409, 429, 503) },
  });

  return createRouter<ActorEnv>()
    .openapi(list, async (c) => {
      const { id } = await findActorEvent(deps, c.var.actor, c.req.valid('param').eventId);
      const zones = await listEventZones(deps.db, id);
      return c.json({ data: zones.map(presentZone), nextCursor: null }, 200);
    })
    .openapi(create, async (c) => {
      const { eventId } = c.req.valid('param');
      return c.json(presentZone(await createZone(deps, c.var.actor, { eventId, ...c.req.valid('json') })), 201);
    })
    .openapi(change, async (c) => {
      const { eventId, zoneId } = c.req.valid('param');
      return c.json(presentZone(await changeZone(deps, c.var.actor, { eventId, zoneId, ...c.req.valid('json') })), 200);
    })
    .openapi(remove, async (c) => {
      const { eventId, zoneId } = c.req.valid('param');
      await removeZone(deps, c.var.actor, { eventId, zoneId });
      return c.body(null, 204);
    });
}
