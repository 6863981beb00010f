import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { orderCookie } from '../../access/buyers/order-access.ts';
import type { Config } from '../../config.ts';
import { jsonBody } from '../../http/contract/json-body.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, textHeader } from '../../http/contract/schemas.ts';
import type { Db } from '../../platform/database/db.ts';
import { phoneOf, showPhone } from '../../platform/text/phone-number.ts';
import type { EventDirectory } from '../placement/event-directory.ts';
import { lookUpOrderSchema, orderParams, phoneReadingSchema, readPhoneSchema } from './schemas.ts';
import { cancelOrder } from '../lifecycle/cancel-order.ts';
import { eventNotFound } from '../../access/errors.ts';
import { lookUpOrder } from './look-up-order.ts';
import type { HasAdmissions, LookupLimiter, PaymentOf, RequestFullRefund } from '../ports.ts';
import { orderSchema } from '../schemas.ts';
import { ownOrder, ownOrderByToken, shownLink } from './order-access.ts';
import { showOrder } from './show-order.ts';
import { byAnybody, byOrder, byOrderToken } from '../../http/contract/security.ts';
import { isUnchanged, privateHeaders } from '../../http/private-answer.ts';

export type OrderRoutesDeps = {
  readonly db: Db;
  readonly config: Pick<Config, 'ORDER_TOKEN_SECRET' | 'HASH_SECRET' | 'PUBLIC_URL'>;
  readonly paymentOf: PaymentOf;
  readonly requestFullRefund: RequestFullRefund;
  readonly hasAdmissions: HasAdmissions;
  readonly lookupLimiter: LookupLimiter;
  readonly networkOf: (c: Context) => string;
};

const tags = ['Orders'];
const creatingRetrySeconds = 1;
const phoneBytesMax = 1024;

const lookUpRoute = createRoute({
  method: 'post',
  path: '/v1/orders/lookups',
  tags,
  operationId: 'lookUpOrder',
  security: byAnybody,
  summary: 'Send the links to orders again',
  description:
    'By email or phone. With an order code, the link to that order is sent, otherwise the links to the latest paid orders, always to the ' +
    'addresses of the order. The response and its time are the same whatever is found.',
  middleware: [jsonBody()],
  request: { body: body(lookUpOrderSchema) },
  responses: {
    202: { description: 'If there is such an order, its link is on the way.' },
    ...problems(400, 415, 429, 503),
  },
});

const showRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}',
  tags,
  security: byOrder,
  operationId: 'showOrder',
  summary: 'An order and its payment',
  description: 'While the payment is being prepared, `Retry-After` says when to poll again.',
  request: { params: orderParams },
  responses: {
    200: {
      ...answer(orderSchema, 'The order.'),
      headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } },
    },
    304: { description: 'The order has not changed.' },
    ...problems(404, 503),
  },
});

const cancelRoute = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/cancellation',
  tags,
  security: byOrder,
  operationId: 'cancelOrder',
  summary: 'Cancel an order',
  description:
    'An unpaid order releases its tickets once no payment can come any more. A paid order is refunded, if its event allows it at this ' +
    'time and none of its tickets has been used. Idempotent. With the cookie alone, only pages of this site may do it: ' +
    '403 `access.cross_site`.',
  request: { params: orderParams },
  responses: {
    200: answer(orderSchema, 'The order has ended.'),
    202: answer(orderSchema, 'The order is ending.'),
    ...problems(403, 404, 409, 503),
  },
});

const sessionRoute = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/session',
  tags,
  security: byOrderToken,
  operationId: 'openOrderSession',
  summary: 'Open an order in a browser',
  description: 'Sets a cookie for this order only, because streams, images and downloads cannot send a header.',
  request: { params: orderParams },
  responses: {
    204: { description: 'The cookie is set.', headers: { 'Set-Cookie': textHeader } },
    ...problems(404, 503),
  },
});

const readPhoneRoute = createRoute({
  method: 'post',
  path: '/v1/buyers/phone-readings',
  tags: ['Buyers'],
  operationId: 'readPhoneNumber',
  security: byAnybody,
  summary: 'Read a phone number as an order for this event would',
  description:
    'Lets a form show, before ordering, where the tickets will go. Nothing is stored, and nothing is revealed about the owner of the number.',
  middleware: [jsonBody(phoneBytesMax)] as const,
  request: { body: body(readPhoneSchema) },
  responses: { 200: answer(phoneReadingSchema, 'The number.'), ...problems(400, 404, 413, 415, 429, 503) },
});

/**
 * Everything a buyer does with an order after placing it. A caller without proof of owning the order learns nothing
 * about it.
 */
export function orderRoutes(deps: OrderRoutesDeps) {
  return createRouter()
    .openapi(lookUpRoute, async (c) => {
      const hashSecret = deps.config.HASH_SECRET;
      await lookUpOrder({ ...deps, hashSecret }, c.req.valid('json'), deps.networkOf(c));
      return c.body(null, 202);
    })
    .openapi(showRoute, async (c) => {
      const { orderId, version } = shownLink(c, deps, c.req.valid('param').id);
      const order = await showOrder(deps, orderId, version);
      if (order.payment.status === 'creating') c.header('retry-after', String(creatingRetrySeconds));
      if (isUnchanged(c, JSON.stringify(order))) return c.body(null, 304);
      return c.json(order, 200);
    })
    .openapi(cancelRoute, async (c) => {
      const { settled, order } = await cancelOrder(deps, await ownOrder(c, deps, c.req.valid('param').id));
      return c.json(order, settled ? 200 : 202, privateHeaders);
    })
    .openapi(sessionRoute, async (c) => {
      const { orderId, version } = await ownOrderByToken(c, deps, c.req.valid('param').id);
      c.header('set-cookie', orderCookie(deps, orderId, version));
      return c.body(null, 204, privateHeaders);
    });
}

/** Separate from the others, because an order form calls this before there is an order. */
export function phoneReadingRoutes({ directory }: { readonly directory: EventDirectory }) {
  return createRouter().openapi(readPhoneRoute, async (c) => {
    const { eventSlug, ...given } = c.req.valid('json');
    const event = await directory.find(eventSlug);
    if (event === undefined) throw eventNotFound();
    const phone = phoneOf(given, event.country, 'phone');
    const { text, country } = showPhone(phone);
    return c.json({ phone, display: text, country: country ?? null }, 200);
  });
}
