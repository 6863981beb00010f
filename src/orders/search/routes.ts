import { createRoute, z } from '@hono/zod-openapi';
import type { Actors } from '../../access/actors.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { idOfCursor, pageById, pageQuery, pageSizeDefault, pageSizeMax } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, eventIdSchema, lineOfText, listOf, problems } from '../../http/contract/schemas.ts';
import type { Db } from '../../platform/database/db.ts';
import { emailBytesMax } from '../../platform/text/email-address.ts';
import { deskOrderSchema } from '../desk/schemas.ts';
import { organizerParams } from '../schemas.ts';
import { searchOrders } from './search-orders.ts';

const searchOrdersSchema = z
  .strictObject({
    cursor: pageQuery.cursor,
    limit: z.int().min(1).max(pageSizeMax).default(pageSizeDefault),
    q: lineOfText(emailBytesMax).openapi({
      description:
        'The beginning of a name, an email, a phone, an order code or a ticket code. Case, accents and blanks are ignored.',
    }),
    eventId: eventIdSchema.optional(),
  })
  .openapi('SearchOrders');

const foundOrdersSchema = listOf(deskOrderSchema)
  .extend({
    match: z.enum(['exact', 'similar']).openapi({
      description:
        '`similar`: nothing matches. These are the orders whose code or phone differs by one typing mistake, else those with the most ' +
        'similar names or emails.',
    }),
  })
  .openapi('FoundOrders');

export type OrderSearchDeps = { readonly db: Db; readonly actors: Actors };

/** The search of the desk, over all events of an organiser or in one. */
export function orderSearchRoutes(deps: OrderSearchDeps) {
  const door = forStaff(deps, 'door', 'Organizer: orders', { isLimitedInside: true });
  const search = createRoute({
    ...door.json,
    method: 'post',
    path: '/v1/organizers/{slug}/order-searches',
    operationId: 'searchOrders',
    summary: 'Find orders by name, email, phone or code, newest first',
    description:
      'A POST, because the query may be an address, which must not be in a URL. The role door searches names and codes only. Without `eventId`, a member who is the manager of some events searches those. Orders are found by name and address about half a minute after they were placed, ' +
      'by their codes at once.',
    request: { params: organizerParams, body: body(searchOrdersSchema) },
    responses: { 200: answer(foundOrdersSchema, 'A page of orders.'), ...problems(400, 401, 403, 404, 415, 503) },
  });
  return createRouter<ActorEnv>().openapi(search, async (c) => {
    const { cursor, ...query } = c.req.valid('json');
    const before = idOfCursor(cursor);
    const { orders, match } = await searchOrders(deps, c.var.actor, { ...query, before });
    const listed = pageById(orders, query.limit);
    return c.json({ ...listed, ...(match === 'similar' ? { nextCursor: null } : {}), match }, 200);
  });
}
