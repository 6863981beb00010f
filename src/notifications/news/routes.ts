import { createRoute, z } from '@hono/zod-openapi';
import type { Actors } from '../../access/index.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { eventNotFound } from '../../access/errors.ts';
import type { Config } from '../../config.ts';
import { jsonBody } from '../../http/contract/json-body.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerEventParams } from '../../http/contract/schemas.ts';
import { byOrder } from '../../http/contract/security.ts';
import type { Db } from '../../platform/database/db.ts';
import { ownOrder } from '../../orders/buyer/order-access.ts';
import { countNewsAudience, giveNewsConsent, withdrawNewsConsent } from './give-consent.ts';

export type NewsRoutesDeps = {
  readonly db: Db;
  readonly actors: Actors;
  readonly config: Pick<Config, 'ORDER_TOKEN_SECRET' | 'PUBLIC_URL'>;
};

const orderParams = z.object({ id: z.string().max(64) });
const consentSchema = z
  .strictObject({
    wording: z
      .string()
      .regex(/^\d{4}-\d{2}(?:-[a-z])?$/)
      .openapi({ description: 'The version of the wording that the buyer agreed to.', example: '2026-11' }),
    locale: z.enum(['id', 'en']),
  })
  .openapi('NewsConsent');
const audienceSchema = z.object({ email: z.int(), whatsapp: z.int() }).openapi('NewsAudience');

const giveRoute = createRoute({
  method: 'put',
  path: '/v1/orders/{id}/news-consent',
  tags: ['Orders'],
  operationId: 'giveNewsConsent',
  security: byOrder,
  summary: 'Consent to news of the organiser',
  description: 'Tickets and messages about the order need no consent.',
  middleware: [jsonBody()] as const,
  request: { params: orderParams, body: body(consentSchema) },
  responses: { 204: { description: 'Stored with its time.' }, ...problems(400, 403, 404, 415, 503) },
});

const withdrawRoute = createRoute({
  method: 'delete',
  path: '/v1/orders/{id}/news-consent',
  tags: ['Orders'],
  operationId: 'withdrawNewsConsent',
  security: byOrder,
  summary: 'Withdraw the consent to news',
  request: { params: orderParams },
  responses: { 204: { description: 'Withdrawn, or there was none.' }, ...problems(403, 404, 503) },
});

const audienceRoute = (deps: NewsRoutesDeps) =>
  createRoute({
    ...forStaff(deps, 'manager', 'Notifications').plain,
    method: 'get',
    path: '/v1/organizers/{slug}/events/{eventId}/news-audience',
    operationId: 'countNewsAudience',
    summary: 'The number of buyers of an event who may get news',
    request: { params: organizerEventParams },
    responses: { 200: answer(audienceSchema, 'Different addresses.'), ...problems(400, 401, 403, 404, 503) },
  });

/** Consent to news, by the buyer; and the number of consents, for the organiser. */
export function newsRoutes(deps: NewsRoutesDeps) {
  return createRouter<ActorEnv>()
    .openapi(giveRoute, async (c) => {
      await giveNewsConsent(deps, {
        orderId: await ownOrder(c, deps, c.req.valid('param').id),
        ...c.req.valid('json'),
      });
      return c.body(null, 204);
    })
    .openapi(withdrawRoute, async (c) => {
      await withdrawNewsConsent(deps, await ownOrder(c, deps, c.req.valid('param').id));
      return c.body(null, 204);
    })
    .openapi(audienceRoute(deps), async (c) => {
      const { eventId } = c.req.valid('param');
      const audience = await countNewsAudience(deps, { organizerId: c.var.actor.organizerId, eventId });
      if (audience === undefined) throw eventNotFound();
      return c.json(audience, 200);
    });
}
