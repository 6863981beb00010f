import { type OpenAPIHono, createRoute, z } from '@hono/zod-openapi';
import type { Actors } from '../../../access/index.ts';
import { type ActorEnv, forStaff } from '../../../access/middleware.ts';
import { createRouter } from '../../../http/contract/router.ts';
import { answer, body, problems, timeSchema, organizerParams } from '../../../http/contract/schemas.ts';
import { endpointNotFound } from '../../errors.ts';
import { catalogue } from '../catalogue.ts';
import { findEndpoint, listEndpoints } from '../queries.ts';
import { changeEndpoint, deleteEndpoint, rotateSecret } from './change-endpoint.ts';
import { type EndpointDeps, createEndpoint } from './create-endpoint.ts';
import { presentEndpoint } from './present.ts';
import {
  changeEndpointSchema,
  createEndpointSchema,
  endpointListSchema,
  endpointParams,
  endpointSchema,
  madeEndpointSchema,
  rotatedSecretSchema,
} from './schemas.ts';

export type EndpointRoutesDeps = EndpointDeps & { readonly actors: Actors };

const tags = ['Webhooks'];
const endpoints = '/v1/organizers/{slug}/webhooks';
const endpoint = `${endpoints}/{endpointId}` as const;

function endpointContracts(deps: EndpointRoutesDeps) {
  const owner = forStaff(deps, 'owner', 'Webhooks');
  const manager = forStaff(deps, 'manager', 'Webhooks');
  return {
    create: createRoute({
      ...owner.json,
      method: 'post',
      path: endpoints,
      operationId: 'createWebhookEndpoint',
      summary: 'Add a webhook endpoint',
      request: { params: organizerParams, body: body(createEndpointSchema) },
      responses: {
        201: answer(madeEndpointSchema, 'Made; the secret is shown this once.'),
        ...problems(400, 401, 403, 404, 409),
      },
    }),
    list: createRoute({
      ...manager.plain,
      method: 'get',
      path: endpoints,
      operationId: 'listWebhookEndpoints',
      summary: 'All webhook endpoints, including disabled ones',
      request: { params: organizerParams },
      responses: { 200: answer(endpointListSchema, 'Endpoints, oldest first.'), ...problems(400, 401, 403, 404) },
    }),
    show: createRoute({
      ...manager.plain,
      method: 'get',
      path: endpoint,
      operationId: 'showWebhookEndpoint',
      summary: 'A webhook endpoint and its state',
      request: { params: endpointParams },
      responses: { 200: answer(endpointSchema, 'The endpoint.'), ...problems(400, 401, 403, 404) },
    }),
    change: createRoute({
      ...owner.json,
      method: 'patch',
      path: endpoint,
      operationId: 'changeWebhookEndpoint',
      summary: 'Change a webhook endpoint: its address, its types, or whether it is active',
      request: { params: endpointParams, body: body(changeEndpointSchema) },
      responses: { 200: answer(endpointSchema, 'Changed.'), ...problems(400, 401, 403, 404) },
    }),
    remove: createRoute({
      ...owner.plain,
      method: 'delete',
      path: endpoint,
      operationId: 'deleteWebhookEndpoint',
      summary: 'Delete a webhook endpoint with its log',
      request: { params: endpointParams },
      responses: { 204: { description: 'Deleted.' }, ...problems(400, 401, 403, 404) },
    }),
    rotate: createRoute({
      ...owner.plain,
      method: 'post',
      path: `${endpoint}/secret`,
      operationId: 'rotateWebhookSecret',
      summary: 'Create a new secret; the old one also signs for a day',
      request: { params: endpointParams },
      responses: {
        200: answer(rotatedSecretSchema, 'The secret is shown this once.'),
        ...problems(400, 401, 403, 404),
      },
    }),
  };
}

/** The addresses of an organiser that get webhooks, and the webhooks' contents in the contract. */
export function webhookEndpointRoutes(deps: EndpointRoutesDeps) {
  const contracts = endpointContracts(deps);
  const router = createRouter<ActorEnv>()
    .openapi(contracts.create, async (c) => {
      const made = await createEndpoint(deps, { actor: c.var.actor, ...c.req.valid('json') });
      return c.json({ ...presentEndpoint(made.endpoint), secret: made.secret }, 201);
    })
    .openapi(contracts.list, async (c) => {
      const rows = await listEndpoints(deps.db, c.var.actor.organizerId);
      return c.json({ data: rows.map(presentEndpoint), nextCursor: null }, 200);
    })
    .openapi(contracts.show, async (c) => {
      const found = await findEndpoint(deps.db, c.var.actor.organizerId, c.req.valid('param').endpointId);
      if (found === undefined) throw endpointNotFound();
      return c.json(presentEndpoint(found), 200);
    })
    .openapi(contracts.change, async (c) => {
      const { endpointId } = c.req.valid('param');
      const changed = await changeEndpoint(deps, { actor: c.var.actor, endpointId, values: c.req.valid('json') });
      return c.json(presentEndpoint(changed), 200);
    })
    .openapi(contracts.remove, async (c) => {
      await deleteEndpoint(deps, { actor: c.var.actor, endpointId: c.req.valid('param').endpointId });
      return c.body(null, 204);
    })
    .openapi(contracts.rotate, async (c) => {
      const { endpointId } = c.req.valid('param');
      const { secret, previousUntil } = await rotateSecret(deps, { actor: c.var.actor, endpointId });
      return c.json({ secret, previousUntil: previousUntil.toISOString() }, 200);
    });
  publishCatalogue(router);
  return router;
}

const webhookHeaders = z.object({
  'webhook-id': z.string().openapi({ description: 'The same in each try. The ids of one subject rise.' }),
  'webhook-timestamp': z.string().openapi({ description: 'The time of the try, in seconds since 1970.' }),
  'webhook-signature': z.string().openapi({
    description:
      'After Standard Webhooks: `v1,` and a signature over id, timestamp and raw body; two after a change of the secret.',
  }),
});

/** The bodies of all types, under `webhooks` in the contract. */
function publishCatalogue(router: OpenAPIHono<ActorEnv>): void {
  for (const [type, { says, data }] of Object.entries(catalogue)) {
    const schema = z.strictObject({ type: z.literal(type), timestamp: timeSchema, data });
    router.openAPIRegistry.registerWebhook({
      method: 'post',
      path: type,
      tags,
      operationId: `webhook ${type}`.replaceAll(/[ ._]+(\w)/g, (_, letter: string) => letter.toUpperCase()),
      summary: says,
      security: [],
      request: { headers: webhookHeaders, body: body(schema) },
      responses: { 204: { description: 'Accepted. Any 2xx counts.' } },
    });
  }
}
