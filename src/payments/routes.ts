import { createRoute } from '@hono/zod-openapi';
import type { Config } from '../config.ts';
import { jsonBody } from '../http/contract/json-body.ts';
import { createRouter } from '../http/contract/router.ts';
import { answer, body, problems } from '../http/contract/schemas.ts';
import { ownOrder } from '../orders/buyer/order-access.ts';
import { paymentViewSchema } from '../orders/schemas.ts';
import type { Db } from '../platform/database/db.ts';
import type { Log } from '../platform/log.ts';
import { type AccountRoutesDeps, accountRoutes } from './accounts/routes.ts';
import { callbackRoutes } from './callbacks/routes.ts';
import { refundRoutes } from './refunds/routes.ts';
import { taskRoutes } from './tasks/routes.ts';
import type { ReceiveDeps } from './callbacks/receive-callback.ts';
import { choosePayment } from './attempts/choose-payment.ts';
import { choosePaymentSchema, orderParams } from './schemas.ts';
import { byOrder } from '../http/contract/security.ts';

export type PaymentRoutesDeps = ReceiveDeps &
  AccountRoutesDeps & {
    readonly db: Db;
    readonly log: Log;
    readonly config: Pick<Config, 'ENCRYPTION_KEY' | 'ORDER_TOKEN_SECRET' | 'PUBLIC_URL'>;
  };

const choosePaymentRoute = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/payments',
  tags: ['Orders'],
  operationId: 'choosePayment',
  summary: 'Choose another payment method',
  description:
    'The present attempt is closed at the gateway before the next one is made. Choosing the same method changes nothing.',
  security: byOrder,
  middleware: [jsonBody()] as const,
  request: { params: orderParams, body: body(choosePaymentSchema) },
  responses: {
    202: answer(paymentViewSchema, 'Noted; the order shows when it can be paid.'),
    ...problems(400, 403, 404, 409, 415, 429, 503),
  },
});

/** All routes of this room. */
export function paymentRoutes(deps: PaymentRoutesDeps) {
  return createRouter()
    .openapi(choosePaymentRoute, async (c) => {
      const orderId = await ownOrder(c, deps, c.req.valid('param').id);
      return c.json(await choosePayment(deps, { orderId, method: c.req.valid('json').method }), 202);
    })
    .route('/', accountRoutes(deps))
    .route('/', refundRoutes(deps))
    .route('/', taskRoutes(deps))
    .route('/', callbackRoutes(deps));
}
