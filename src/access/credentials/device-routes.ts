import { createRoute } from '@hono/zod-openapi';
import { jsonBody } from '../../http/contract/json-body.ts';
import { decodeCursor, page } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, listOf, problems } from '../../http/contract/schemas.ts';
import { createDevice } from './create-device.ts';
import type { AccessDeps } from '../deps.ts';
import { endDevice } from './end-device.ts';
import { listDevices } from './list-devices.ts';
import { type ActorEnv, requireRole } from '../middleware.ts';
import { presentDevice } from '../present.ts';
import {
  deviceListQuery,
  deviceParams,
  deviceSchema,
  createDeviceSchema,
  createdDeviceSchema,
  organizerParams,
} from '../schemas.ts';
import { byStaff } from '../../http/contract/security.ts';

const tags = ['Devices'];

function contracts(deps: AccessDeps) {
  const manager = requireRole(deps, 'manager');
  const create = createRoute({
    method: 'post',
    path: '/v1/organizers/{slug}/devices',
    tags,
    operationId: 'createDevice',
    summary: 'Register a scanner for one event; its token is shown this once',
    security: byStaff,
    middleware: [manager, jsonBody()] as const,
    request: { params: organizerParams, body: body(createDeviceSchema) },
    responses: { 201: answer(createdDeviceSchema, 'Made.'), ...problems(400, 401, 403, 404, 409) },
  });
  const list = createRoute({
    method: 'get',
    path: '/v1/organizers/{slug}/devices',
    tags,
    operationId: 'listDevices',
    summary: 'All devices, ended ones too',
    security: byStaff,
    middleware: [manager] as const,
    request: { params: organizerParams, query: deviceListQuery },
    responses: { 200: answer(listOf(deviceSchema), 'Devices, oldest first.'), ...problems(400, 401, 403, 404) },
  });
  const end = createRoute({
    method: 'delete',
    path: '/v1/organizers/{slug}/devices/{deviceId}',
    tags,
    operationId: 'endDevice',
    summary: 'End a device',
    security: byStaff,
    middleware: [manager] as const,
    request: { params: deviceParams },
    responses: { 204: { description: 'Ended.' }, ...problems(400, 401, 403, 404) },
  });
  return { create, list, end };
}

export function deviceRoutes(deps: AccessDeps) {
  const { create, list, end } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(create, async (c) => {
      const { device, token } = await createDevice(deps, { actor: c.var.actor, ...c.req.valid('json') });
      return c.json({ ...presentDevice(device), token }, 201);
    })
    .openapi(list, async (c) => {
      const { cursor, limit, eventId } = c.req.valid('query');
      const afterId = cursor === undefined ? undefined : decodeCursor(cursor, ['id'])[0];
      const rows = await listDevices(deps, { organizerId: c.var.actor.organizerId, eventId, afterId, limit });
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
