import { createRoute, z } from '@hono/zod-openapi';
import { readBuyerToken } from '../../access/buyers/buyer-token.ts';
import { bearerOf } from '../../access/credentials/credential.ts';
import type { ClientNetwork } from '../../http/server/client-network.ts';
import { eventSlugHeader } from '../../http/hot-path/event-slug.ts';
import { type HotRequest, hotRequestOfContext } from '../../http/hot-path/hot-request.ts';
import type { HotRoute } from '../../http/hot-path/hot-routes.ts';
import { idempotencyKeySchema, readIdempotencyKey } from '../../http/contract/idempotency-key.ts';
import { jsonBody, readJson } from '../../http/contract/json-body.ts';
import { createRouter, describe, parseInput, unchecked } from '../../http/contract/router.ts';
import { answer, body, problems, slugParams, textHeader } from '../../http/contract/schemas.ts';
import { requestInvalid } from '../../platform/errors.ts';
import { type PlaceOrderDeps, type PlacedOrder, placeOrder } from './place-order.ts';
import { placeOrderSchema, placedOrderSchema, quoteOrderSchema, quoteSchema } from '../schemas.ts';
import { quoteOrder } from './quote-order.ts';
import { inputFault } from '../../platform/field-faults.ts';
import { byAnybody, byBuyerOrAnybody } from '../../http/contract/security.ts';

const orderBytesMax = 16 * 1024;

const placeOrderRoute = createRoute({
  method: 'post',
  path: '/v1/orders',
  tags: ['Orders'],
  operationId: 'placeOrder',
  security: byBuyerOrAnybody,
  summary: 'Place an order',
  description:
    'Holds the tickets and stages the payment. The same Idempotency-Key with the same body returns the same order at any ' +
    'time; refusals are decided anew. Limits per buyer count by email, phone and network together, or by the address that a ' +
    'pass or a buyer token (`Authorization: Bearer`) proves. Orders of others in the same name neither block an order nor ' +
    'show in a refusal. Money that would buy more than a limit allows is refunded.',
  request: {
    headers: z.object({
      'idempotency-key': idempotencyKeySchema,
      'queue-pass': z.string().optional().openapi({ description: 'Required while the event has a waiting room.' }),
      [eventSlugHeader]: z.string().optional().openapi({
        description:
          'The same as `eventSlug`. With it, refusals during high demand for this event are faster and cheaper.',
      }),
    }),
    body: body(placeOrderSchema),
  },
  responses: {
    201: {
      description: 'Placed, or found again (`Idempotent-Replayed: true`).',
      headers: { Location: textHeader },
      content: { 'application/json': { schema: placedOrderSchema } },
    },
    ...problems(400, 403, 404, 409, 413, 415, 422, 429, 503),
  },
});

const quoteBytesMax = 4 * 1024;

const quoteOrderRoute = createRoute({
  method: 'post',
  path: '/v1/events/{slug}/quotes',
  tags: ['Orders'],
  operationId: 'quoteOrder',
  security: byAnybody,
  summary: 'Quote the price of an order',
  description:
    'For pages that show the total before ordering. Nothing is held. A used-up promo code gets the same response as one that does ' +
    'not exist. Wrong codes count against the same limit as those of orders.',
  middleware: [jsonBody(quoteBytesMax)] as const,
  request: { params: slugParams, body: body(quoteOrderSchema) },
  responses: { 200: answer(quoteSchema, 'The price now.'), ...problems(400, 404, 409, 413, 415, 429, 503) },
});

type PlacementDeps = PlaceOrderDeps & { readonly clientNetwork: ClientNetwork; readonly queueTokenSecret: string };

/**
 * The hot write. It calls its schemas itself, because the framework's validators, one per part, would cost more than
 * the order.
 */
async function placeFrom(deps: PlacementDeps, request: HotRequest): Promise<PlacedOrder> {
  const idempotencyKey = readIdempotencyKey(request);
  const given = await readJson(request, orderBytesMax);
  refuseEarlyIfFull(deps, given);
  const input = parseInput(placeOrderSchema, given);
  refuseOtherEvent(request.header(eventSlugHeader), input.eventSlug);
  return placeOrder(deps, {
    input,
    idempotencyKey,
    network: deps.clientNetwork(request),
    queuePass: request.header('queue-pass'),
    buyerAccount: buyerAccountOf(deps, request.header('authorization')),
  });
}

/** An order needs no token, so an invalid or expired one is ignored. */
function buyerAccountOf(deps: PlacementDeps, authorization: string | undefined): string | undefined {
  const token = bearerOf(authorization);
  return token === undefined ? undefined : readBuyerToken(deps.queueTokenSecret, token, deps.clock.now())?.accountKey;
}

/** Refuses orders beyond the per-event limit before any check, because there are many of them. */
function refuseEarlyIfFull(
  { placement, directory }: Pick<PlaceOrderDeps, 'placement' | 'directory'>,
  given: unknown,
): void {
  if (placement.fullFor === undefined || typeof given !== 'object' || given === null) return;
  const slug = 'eventSlug' in given ? given.eventSlug : undefined;
  const event = typeof slug === 'string' ? directory.known(slug) : undefined;
  const refusal = event === undefined ? undefined : placement.fullFor(event.id);
  if (refusal !== undefined) throw refusal;
}

/** Refuses if header and body name different events. That is the client's fault, and either could be the right one. */
function refuseOtherEvent(named: string | undefined, slug: string): void {
  if (named === undefined || named === slug) return;
  throw requestInvalid([inputFault('Event-Slug', 'event.other', { other: 'eventSlug' })]);
}

function placedFields({ order, replayed }: PlacedOrder): Record<string, string> {
  const location = `/v1/orders/${order.id}`;
  return replayed ? { location, 'idempotent-replayed': 'true' } : { location };
}

export function placementRoutes(deps: PlacementDeps) {
  return describe(createRouter(), placeOrderRoute)
    .openapi(unchecked(placeOrderRoute), async (c) => {
      const placed = await placeFrom(deps, hotRequestOfContext(c));
      return c.json(placed.order, 201, placedFields(placed));
    })
    .openapi(quoteOrderRoute, async (c) => {
      const network = deps.clientNetwork(hotRequestOfContext(c));
      const { slug } = c.req.valid('param');
      return c.json(await quoteOrder(deps, { slug, network, input: c.req.valid('json') }), 200);
    });
}

export function placementHotRoute(deps: PlacementDeps): HotRoute {
  return {
    method: 'POST',
    route: placeOrderRoute.path,
    match: (path) => (path === placeOrderRoute.path ? '' : undefined),
    answer: async (request) => {
      const placed = await placeFrom(deps, request);
      return { status: 201, headers: placedFields(placed), body: JSON.stringify(placed.order) };
    },
  };
}
