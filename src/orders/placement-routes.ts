import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { idempotencyKeySchema, readIdempotencyKey } from '../http/idempotency-key.ts';
import { readJson } from '../http/json-body.ts';
import { createRouter, inputFaults } from '../http/router.ts';
import { body, problems } from '../http/schemas.ts';
import { requestInvalid } from '../platform/errors.ts';
import { type PlaceOrderDeps, placeOrder } from './place-order.ts';
import { placeOrderSchema, placedOrderSchema } from './schemas.ts';

const orderBytesMax = 16 * 1024;

const placeOrderRoute = createRoute({
  method: 'post',
  path: '/v1/orders',
  tags: ['Orders'],
  summary: 'Place an order',
  description:
    'Holds the tickets and stages the payment. The same Idempotency-Key with the same body answers with the same order, ' +
    'at any time; refusals are decided anew.',
  request: {
    headers: z.object({ 'idempotency-key': idempotencyKeySchema }),
    body: body(placeOrderSchema),
  },
  responses: {
    201: {
      description: 'Placed, or found again (`Idempotent-Replayed: true`).',
      headers: { Location: { schema: { type: 'string' } }, 'Idempotent-Replayed': { schema: { type: 'string' } } },
      content: { 'application/json': { schema: placedOrderSchema } },
    },
    ...problems(400, 404, 409, 413, 415, 422, 429, 503),
  },
});

/** The hot write: its input is checked by hand-called schemas, since a validator per part would cost more than the order. */
export function placementRoutes(deps: PlaceOrderDeps & { networkOf: (c: Context) => string }) {
  return createRouter().openapi({ ...placeOrderRoute, request: {} }, async (c) => {
    const idempotencyKey = readIdempotencyKey(c);
    const parsed = placeOrderSchema.safeParse(await readJson(c, orderBytesMax));
    if (!parsed.success) throw requestInvalid(inputFaults(parsed.error));
    const { order, replayed } = await placeOrder(deps, {
      input: parsed.data,
      idempotencyKey,
      network: deps.networkOf(c),
    });
    c.header('location', `/v1/orders/${order.id}`);
    if (replayed) c.header('idempotent-replayed', 'true');
    return c.json(order, 201);
  });
}
