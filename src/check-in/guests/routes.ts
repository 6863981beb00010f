import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../access/actors.ts';
import { type ActorEnv, requireActor } from '../../access/middleware.ts';
import { jsonBody } from '../../http/contract/json-body.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems } from '../../http/contract/schemas.ts';
import { byDoor } from '../../http/contract/security.ts';
import type { Db } from '../../platform/database/db.ts';
import { eventParams } from '../schemas.ts';
import { foundGuestsSchema, searchGuestsSchema } from './schemas.ts';
import { searchGuests } from './search-guests.ts';

/** Search for guests who have no ticket with them. */
export function guestRoutes(deps: { readonly db: Db; readonly actors: Actors }) {
  const search = createRoute({
    method: 'post',
    path: '/v1/events/{id}/guest-searches',
    tags: ['Check-in'],
    security: byDoor,
    operationId: 'searchGuests',
    summary: 'Find the tickets of a guest by phone, order code or name',
    description:
      'A POST, because the query may be a phone number, which must not be in a URL. Without `showsNames`, only a complete number or code ' +
      'finds tickets, and the response has no names. Scan a found ticket with its `ticketId`.',
    middleware: [requireActor(deps), jsonBody()] as const,
    request: { params: eventParams, body: body(searchGuestsSchema) },
    responses: { 200: answer(foundGuestsSchema, 'Tickets that fit.'), ...problems(400, 401, 403, 404, 415, 429, 503) },
  });
  return createRouter<ActorEnv>().openapi(search, async (c) => {
    const input = { eventId: c.req.valid('param').id, q: c.req.valid('json').q };
    return c.json(await searchGuests(deps, c.var.actor, input), 200);
  });
}
