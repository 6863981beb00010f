import { createRoute } from '@hono/zod-openapi';
import { idOfCursor, page } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, listOf, problems, organizerParams } from '../../http/contract/schemas.ts';
import { eventsOf } from '../actor.ts';
import type { AccessDeps } from '../deps.ts';
import { type ActorEnv, forStaff } from '../middleware.ts';
import { presentApiKey, presentDevice } from '../present.ts';
import { keepQuery, listQuery } from '../schemas.ts';
import { createApiKey } from './create-api-key.ts';
import { createDevice } from './create-device.ts';
import { endApiKey } from './end-api-key.ts';
import { endDevice } from './end-device.ts';
import { findApiKeys, findDevices } from './queries.ts';
import {
  apiKeyParams,
  apiKeySchema,
  createApiKeySchema,
  createDeviceSchema,
  createdApiKeySchema,
  createdDeviceSchema,
  deviceListQuery,
  deviceParams,
  deviceSchema,
} from './schemas.ts';

function keyContracts(deps: AccessDeps) {
  const owner = forStaff(deps, 'owner', 'API keys');
  const create = createRoute({
    ...owner.json,
    method: 'post',
    path: '/v1/organizers/{slug}/api-keys',
    operationId: 'createApiKey',
    summary: 'Create an API key; its text is shown only once',
    request: { params: organizerParams, body: body(createApiKeySchema) },
    responses: { 201: answer(createdApiKeySchema, 'Made.'), ...problems(400, 401, 403, 404, 409) },
  });
  const list = createRoute({
    ...owner.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/api-keys',
    operationId: 'listApiKeys',
    summary: 'All API keys, including ended ones',
    request: { params: organizerParams, query: listQuery },
    responses: { 200: answer(listOf(apiKeySchema), 'Keys, oldest first.'), ...problems(400, 401, 403, 404) },
  });
  const end = createRoute({
    ...owner.plain,
    method: 'delete',
    path: '/v1/organizers/{slug}/api-keys/{keyId}',
    operationId: 'endApiKey',
    summary: 'End an API key, and the access created with it',
    description:
      'Also ends the devices and open invitations that were created with the key. You take over those that `keep` lists.',
    request: { params: apiKeyParams, query: keepQuery },
    responses: { 204: { description: 'Ended.' }, ...problems(400, 401, 403, 404, 409) },
  });
  return { create, list, end };
}

export function apiKeyRoutes(deps: AccessDeps) {
  const { create, list, end } = keyContracts(deps);
  return createRouter<ActorEnv>()
    .openapi(create, async (c) => {
      const { apiKey, key } = await createApiKey(deps, { actor: c.var.actor, ...c.req.valid('json') });
      return c.json({ ...presentApiKey(apiKey), key }, 201);
    })
    .openapi(list, async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const afterId = idOfCursor(cursor);
      const rows = await findApiKeys(deps.db, c.var.actor.organizerId, { afterId, limit });
      return c.json(
        page(rows, limit, presentApiKey, ({ id }) => [id]),
        200,
      );
    })
    .openapi(end, async (c) => {
      await endApiKey(deps, { actor: c.var.actor, keyId: c.req.valid('param').keyId, ...c.req.valid('query') });
      return c.body(null, 204);
    });
}

function deviceContracts(deps: AccessDeps) {
  const manager = forStaff(deps, 'manager', 'Devices', { isLimitedInside: true });
  const create = createRoute({
    ...manager.json,
    method: 'post',
    path: '/v1/organizers/{slug}/devices',
    operationId: 'createDevice',
    summary: 'Register a device for one event; its token is shown only once',
    request: { params: organizerParams, body: body(createDeviceSchema) },
    responses: { 201: answer(createdDeviceSchema, 'Made.'), ...problems(400, 401, 403, 404, 409) },
  });
  const list = createRoute({
    ...manager.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/devices',
    operationId: 'listDevices',
    summary: 'All devices, including ended ones',
    request: { params: organizerParams, query: deviceListQuery },
    responses: { 200: answer(listOf(deviceSchema), 'Devices, oldest first.'), ...problems(400, 401, 403, 404) },
  });
  const end = createRoute({
    ...manager.plain,
    method: 'delete',
    path: '/v1/organizers/{slug}/devices/{deviceId}',
    operationId: 'endDevice',
    summary: 'End a device',
    request: { params: deviceParams },
    responses: { 204: { description: 'Ended.' }, ...problems(400, 401, 403, 404) },
  });
  return { create, list, end };
}

export function deviceRoutes(deps: AccessDeps) {
  const { create, list, end } = deviceContracts(deps);
  return createRouter<ActorEnv>()
    .openapi(create, async (c) => {
      const { device, token } = await createDevice(deps, { actor: c.var.actor, ...c.req.valid('json') });
      return c.json({ ...presentDevice(device), token }, 201);
    })
    .openapi(list, async (c) => {
      const { cursor, limit, eventId } = c.req.valid('query');
      const afterId = idOfCursor(cursor);
      const rows = await findDevices(
        deps.db,
        c.var.actor.organizerId,
        { eventId, eventIds: eventsOf(c.var.actor) },
        { afterId, limit },
      );
      return c.json(
        page(rows, limit, presentDevice, ({ id }) => [id]),
        200,
      );
    })
    .openapi(end, async (c) => {
      await endDevice(deps, { actor: c.var.actor, deviceId: c.req.valid('param').deviceId });
      return c.body(null, 204);
    });
}
