import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../access/actors.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerEventParams } from '../../http/contract/schemas.ts';
import type { Db } from '../../platform/database/db.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { changeDoorSettings, findDoorSettings } from './door-settings.ts';
import * as schemas from './schemas.ts';

type Deps = { readonly db: Db; readonly actors: Actors };

const path = '/v1/organizers/{slug}/events/{eventId}/door-settings';

/** The organiser's settings for devices at the door. */
export function doorSettingsRoutes(deps: Deps) {
  const manager = forStaff(deps, 'manager', 'Check-in');
  const door = forStaff(deps, 'door', 'Check-in');
  const show = createRoute({
    ...door.plain,
    method: 'get',
    path,
    operationId: 'showDoorSettings',
    summary: 'Show the door settings',
    request: { params: organizerEventParams },
    responses: {
      200: answer(schemas.doorSettingsSchema, 'The settings.'),
      ...problems(400, 401, 403, 404, 429, 503),
    },
  });

  const change = createRoute({
    ...manager.json,
    method: 'patch',
    path,
    operationId: 'changeDoorSettings',
    summary: 'Change the door settings',
    request: { params: organizerEventParams, body: body(schemas.doorSettingsChangeSchema) },
    responses: {
      200: answer(schemas.doorSettingsSchema, 'The settings as they are now.'),
      ...problems(400, 401, 403, 404, 429, 503),
    },
  });

  return createRouter<ActorEnv>()
    .openapi(show, async (c) => {
      const { id } = await findActorEvent(deps, c.var.actor, c.req.valid('param').eventId);
      return c.json(await findDoorSettings(deps.db, id), 200);
    })
    .openapi(change, async (c) => {
      const { eventId } = c.req.valid('param');
      return c.json(await changeDoorSettings(deps, c.var.actor, { eventId, ...c.req.valid('json') }), 200);
    });
}
