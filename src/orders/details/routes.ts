import { createRoute } from '@hono/zod-openapi';
import type { Config } from '../../config.ts';
import { jsonBody } from '../../http/contract/json-body.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems } from '../../http/contract/schemas.ts';
import { byOrder } from '../../http/contract/security.ts';
import { privateHeaders } from '../../http/private-answer.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { shownLink } from '../buyer/order-access.ts';
import { orderParams } from '../buyer/schemas.ts';
import { giveDetails } from './give-details.ts';
import { detailsSchema, giveDetailsSchema } from './schemas.ts';
import { type OrderDetails, showDetails } from './show-details.ts';

export type DetailsRoutesDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Pick<Config, 'ORDER_TOKEN_SECRET' | 'PUBLIC_URL'>;
};

const common = { path: '/v1/orders/{id}/details' as const, tags: ['Orders'], security: byOrder };

const showRoute = createRoute({
  ...common,
  method: 'get',
  operationId: 'showOrderDetails',
  summary: 'The details of an order: names of holders, and answers',
  request: { params: orderParams },
  responses: { 200: answer(detailsSchema, 'Names, questions and answers.'), ...problems(404, 503) },
});

const giveRoute = createRoute({
  ...common,
  method: 'patch',
  operationId: 'giveOrderDetails',
  summary: 'Give the names of holders, and answer questions',
  description:
    'Writes all of them or none; omitted ones stay as they are. Possible until `until` of the details. With the cookie alone, ' +
    'only pages of this site may do it: 403 `access.cross_site`.',
  middleware: [jsonBody()],
  request: { params: orderParams, body: body(giveDetailsSchema) },
  responses: { 200: answer(detailsSchema, 'Names, questions and answers.'), ...problems(400, 403, 404, 409, 415, 503) },
});

/** What a buyer tells about an order after paying. */
export function detailsRoutes(deps: DetailsRoutesDeps) {
  return createRouter()
    .openapi(showRoute, async (c) => {
      const details = await showDetails(deps, shownLink(c, deps, c.req.valid('param').id));
      return c.json(presentDetails(details), 200, privateHeaders);
    })
    .openapi(giveRoute, async (c) => {
      const link = shownLink(c, deps, c.req.valid('param').id);
      const details = await giveDetails(deps, link, c.req.valid('json'));
      return c.json(presentDetails(details), 200, privateHeaders);
    });
}

function presentDetails({ until, tickets, questions, answers, ...rest }: OrderDetails) {
  return {
    ...rest,
    until: until === null ? null : until.toISOString(),
    tickets: tickets.map((ticket) => ({
      ticketId: ticket.ticketId,
      ticketCategoryId: ticket.ticketCategoryId,
      ticketCategory: ticket.ticketCategory,
      ticketCategoryEn: ticket.ticketCategoryEn,
      hasHolderName: ticket.hasHolderName,
      holderName: ticket.holderName,
    })),
    questions: questions.map(({ id, text, textEn, kind, scope, choices, isRequired }) => ({
      id,
      text,
      textEn,
      kind,
      scope,
      choices: [...choices],
      isRequired,
    })),
    answers: [...answers],
  };
}
