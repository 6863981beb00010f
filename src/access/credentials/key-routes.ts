import { createRoute } from '@hono/zod-openapi';
import { jsonBody } from '../../http/contract/json-body.ts';
import { decodeCursor, page } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, listOf, problems } from '../../http/contract/schemas.ts';
import { createApiKey } from './create-api-key.ts';
import type { AccessDeps } from '../deps.ts';
import { endApiKey } from './end-api-key.ts';
import { listApiKeys } from './list-api-keys.ts';
import { type ActorEnv, requireRole } from '../middleware.ts';
import { presentApiKey } from '../present.ts';
import {
  apiKeyParams,
  apiKeySchema,
  createApiKeySchema,
  createdApiKeySchema,
  keepQuery,
  listQuery,
  organizerParams,
} from '../schemas.ts';
import { bySession } from '../../http/contract/security.ts';

const tags = ['API keys'];

function contracts(deps: AccessDeps) {
  const owner = requireRole(deps, 'owner');
  const create = createRoute({
    method: 'post',
    path: '/v1/organizers/{slug}/api-keys',
    tags,
    operationId: 'createApiKey',
    summary: 'Make an API key; its text is shown this once',
    security: bySession,
    middleware: [owner, jsonBody()] as const,
    request: { params: organizerParams, body: body(createApiKeySchema) },
    responses: { 201: answer(createdApiKeySchema, 'Made.'), ...problems(400, 401, 403, 404, 409) },
  });
  const list = createRoute({
    method: 'get',
    path: '/v1/organizers/{slug}/api-keys',
    tags,
    operationId: 'listApiKeys',
    summary: 'All API keys, ended ones too',
    security: bySession,
    middleware: [owner] as const,
    request: { params: organizerParams, query: listQuery },
    responses: { 200: answer(listOf(apiKeySchema), 'Keys, oldest first.'), ...problems(400, 401, 403, 404) },
  });
  const end = createRoute({
    method: 'delete',
    path: '/v1/organizers/{slug}/api-keys/{keyId}',
    tags,
    operationId: 'endApiKey',
    summary: 'End an API key, and what was made with it',
    description:
      'Ends the devices and open invitations that the key has made, too. `keep` names what stays; you take it over.',
    security: bySession,
    middleware: [owner] as const,
    request: { params: apiKeyParams, query: keepQuery },
    responses: { 204: { description: 'Ended.' }, ...problems(400, 401, 403, 404, 409) },
  });
  return { create, list, end };
}

export function apiKeyRoutes(deps: AccessDeps) {
  const { create, list, end } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(create, async (c) => {
      const { apiKey, key } = await createApiKey(deps, { actor: c.var.actor, ...c.req.valid('json') });
      return c.json({ ...presentApiKey(apiKey), key }, 201);
    })
    .openapi(list, async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const afterId = cursor === undefined ? undefined : decodeCursor(cursor, ['id'])[0];
      const rows = await listApiKeys(deps, { organizerId: c.var.actor.organizerId, afterId, limit });
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
