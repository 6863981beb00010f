import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../access/index.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, problems } from '../../http/contract/schemas.ts';
import { eventParams } from '../../orders/schemas.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { listSaleMinutes } from './list-minutes.ts';
import { createSaleFigures } from './sale-figures.ts';
import { saleFiguresSchema, saleMinutesQuery, saleMinutesSchema } from './schemas.ts';

export type SaleFiguresDeps = { readonly db: Db; readonly actors: Actors; readonly clock: Clock };

/** A running sale on one screen, and its replay. */
export function saleFigureRoutes(deps: SaleFiguresDeps) {
  const manager = forStaff(deps, 'manager', 'Organizer: orders');
  const figures = createRoute({
    ...manager.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/events/{eventId}/sales/figures',
    operationId: 'showSaleFigures',
    summary: 'The figures of a running sale',
    description:
      'Orders per second, stock, waiting room, payments, money, check-ins and messages. Cheap enough to poll every second.',
    request: { params: eventParams },
    responses: { 200: answer(saleFiguresSchema, 'The figures.'), ...problems(401, 403, 404, 503) },
  });
  const minutes = createRoute({
    ...manager.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/events/{eventId}/sales/minutes',
    operationId: 'listSaleMinutes',
    summary: 'A sale minute by minute, for its replay',
    request: { params: eventParams, query: saleMinutesQuery },
    responses: {
      200: answer(saleMinutesSchema, 'Minutes in which something happened.'),
      ...problems(400, 401, 403, 404, 503),
    },
  });
  const saleFigures = createSaleFigures(deps);
  return createRouter<ActorEnv>()
    .openapi(figures, async (c) => c.json(await saleFigures(c.var.actor, c.req.valid('param').eventId), 200))
    .openapi(minutes, async (c) => {
      const { eventId } = c.req.valid('param');
      return c.json(await listSaleMinutes(deps, c.var.actor, { eventId, ...c.req.valid('query') }), 200);
    });
}
