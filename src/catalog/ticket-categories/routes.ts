import { createRoute } from '@hono/zod-openapi';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerEventParams } from '../../http/contract/schemas.ts';
import { changeTicketCategory } from './change-ticket-category.ts';
import { createTicketCategory } from './create-ticket-category.ts';
import { deleteTicketCategory } from './delete-ticket-category.ts';
import type { CatalogDeps } from '../deps.ts';
import { showOrganizerEvent } from '../events/show-event.ts';
import { listTicketCategories } from '../public/queries.ts';
import { presentAll, presentOrganizerTicketCategory } from '../present.ts';
import {
  changeTicketCategorySchema,
  createTicketCategorySchema,
  organizerTicketCategoriesSchema,
  organizerTicketCategorySchema,
  ticketCategoryParams,
} from './schemas.ts';

const listPath = '/v1/organizers/{slug}/events/{eventId}/ticket-categories';
const categoryPath = `${listPath}/{ticketCategoryId}` as const;

function contracts(deps: CatalogDeps) {
  const manager = forStaff(deps, 'manager', 'Events of an organiser');
  const refusals = problems(400, 401, 403, 404, 409);
  return {
    list: createRoute({
      ...manager.plain,
      method: 'get',
      path: listPath,
      operationId: 'listOrganizerTicketCategories',
      summary: 'The ticket categories',
      request: { params: organizerEventParams },
      responses: { 200: answer(organizerTicketCategoriesSchema, 'All categories by position.'), ...refusals },
    }),
    create: createRoute({
      ...manager.json,
      method: 'post',
      path: listPath,
      operationId: 'createTicketCategory',
      summary: 'Add a ticket category',
      description: 'Its pool must belong to this event. Several categories may share a pool.',
      request: { params: organizerEventParams, body: body(createTicketCategorySchema) },
      responses: { 201: answer(organizerTicketCategorySchema, 'Created.'), ...refusals },
    }),
    change: createRoute({
      ...manager.json,
      method: 'patch',
      path: categoryPath,
      operationId: 'changeTicketCategory',
      summary: 'Change a ticket category',
      description:
        'A new price applies to orders placed from now on. A new limit per buyer also counts tickets that buyers already have.',
      request: { params: ticketCategoryParams, body: body(changeTicketCategorySchema) },
      responses: { 200: answer(organizerTicketCategorySchema, 'Changed.'), ...refusals },
    }),
    remove: createRoute({
      ...manager.plain,
      method: 'delete',
      path: categoryPath,
      operationId: 'deleteTicketCategory',
      summary: 'Delete a ticket category that was never ordered',
      request: { params: ticketCategoryParams },
      responses: { 204: { description: 'Deleted.' }, ...refusals },
    }),
  };
}

export function ticketCategoryRoutes(deps: CatalogDeps) {
  const contract = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(contract.list, async (c) => {
      const { eventId } = c.req.valid('param');
      const event = await showOrganizerEvent(deps, { actor: c.var.actor, eventId });
      const categories = await listTicketCategories(deps.db, event.id);
      const now = deps.clock.now();
      const present = (category: (typeof categories)[number]) => presentOrganizerTicketCategory(category, event, now);
      return c.json(presentAll(categories, present), 200);
    })
    .openapi(contract.create, async (c) => {
      const of = { actor: c.var.actor, eventId: c.req.valid('param').eventId };
      const { category, event } = await createTicketCategory(deps, { ...of, values: c.req.valid('json') });
      return c.json(presentOrganizerTicketCategory(category, event, deps.clock.now()), 201);
    })
    .openapi(contract.change, async (c) => {
      const { eventId, ticketCategoryId } = c.req.valid('param');
      const of = { actor: c.var.actor, eventId, ticketCategoryId };
      const { category, event } = await changeTicketCategory(deps, { ...of, values: c.req.valid('json') });
      return c.json(presentOrganizerTicketCategory(category, event, deps.clock.now()), 200);
    })
    .openapi(contract.remove, async (c) => {
      const { eventId, ticketCategoryId } = c.req.valid('param');
      await deleteTicketCategory(deps, { actor: c.var.actor, eventId, ticketCategoryId });
      return c.body(null, 204);
    });
}
