import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../access/actors.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems } from '../../http/contract/schemas.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { changePool } from './change-pool.ts';
import { createPool } from './create-pool.ts';
import { eventParams } from '../schemas.ts';
import { changePoolSchema, createPoolSchema, poolListSchema, poolParams, poolSchema } from './schemas.ts';
import { findPools } from './queries.ts';
import { ownEvent } from '../desk/own-event.ts';

export type PoolRoutesDeps = { readonly db: Db; readonly clock: Clock; readonly actors: Actors };

function contracts(deps: PoolRoutesDeps) {
  const manager = forStaff(deps, 'manager', 'Organizer: pools');
  const create = createRoute({
    ...manager.json,
    method: 'post',
    path: '/v1/organizers/{slug}/events/{eventId}/pools',
    operationId: 'createPool',
    summary: 'Add a pool of places',
    request: { params: eventParams, body: body(createPoolSchema) },
    responses: { 201: answer(poolSchema, 'The pool.'), ...problems(400, 401, 403, 404, 409, 415, 503) },
  });
  const list = createRoute({
    ...manager.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/events/{eventId}/pools',
    operationId: 'listPools',
    summary: 'The pools of an event and their counters',
    request: { params: eventParams },
    responses: { 200: answer(poolListSchema, 'The pools.'), ...problems(401, 403, 404, 503) },
  });
  const change = createRoute({
    ...manager.json,
    method: 'patch',
    path: '/v1/organizers/{slug}/events/{eventId}/pools/{poolId}',
    operationId: 'changePool',
    summary: 'Change the capacity of a pool, or its blocked places',
    description:
      'Also during the sale. Refused if the capacity would be lower than the sold, held and blocked places together.',
    request: { params: poolParams, body: body(changePoolSchema) },
    responses: { 200: answer(poolSchema, 'The pool.'), ...problems(400, 401, 403, 404, 409, 415, 503) },
  });
  return { create, list, change };
}

/** The pools of places that an event's ticket categories draw from. */
export function poolRoutes(deps: PoolRoutesDeps) {
  const { create, list, change } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(create, async (c) =>
      c.json(await createPool(deps, c.var.actor, c.req.valid('param').eventId, c.req.valid('json')), 201),
    )
    .openapi(list, async (c) => {
      const event = await ownEvent(deps.db, c.var.actor, c.req.valid('param').eventId);
      return c.json({ data: await findPools(deps.db, event.id), nextCursor: null }, 200);
    })
    .openapi(change, async (c) =>
      c.json(await changePool(deps, c.var.actor, c.req.valid('param'), c.req.valid('json')), 200),
    );
}
