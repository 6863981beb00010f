import { createRoute, z } from '@hono/zod-openapi';
import type { Actors } from '../../access/actors.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { idOfCursor, pageById, pageQuery } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems } from '../../http/contract/schemas.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { changePromoCode } from './change-promo-code.ts';
import { copyPromoCodes } from './copy-promo-codes.ts';
import { createPromoCode } from './create-promo-code.ts';
import { eventParams } from '../schemas.ts';
import {
  changePromoCodeSchema,
  copiedPromoCodesSchema,
  copyPromoCodesSchema,
  createPromoCodeSchema,
  promoCodeListSchema,
  promoCodeParams,
  promoCodeSchema,
} from './schemas.ts';
import { listPromoCodes } from './list-promo-codes.ts';

export type PromoCodeRoutesDeps = { readonly db: Db; readonly clock: Clock; readonly actors: Actors };

function contracts(deps: PromoCodeRoutesDeps) {
  const manager = forStaff(deps, 'manager', 'Organizer: promo codes');
  const create = createRoute({
    ...manager.json,
    method: 'post',
    path: '/v1/organizers/{slug}/events/{eventId}/promo-codes',
    operationId: 'createPromoCode',
    summary: 'Add a promo code',
    request: { params: eventParams, body: body(createPromoCodeSchema) },
    responses: { 201: answer(promoCodeSchema, 'The promo code.'), ...problems(400, 401, 403, 404, 409, 415, 503) },
  });
  const copy = createRoute({
    ...manager.json,
    method: 'post',
    path: '/v1/organizers/{slug}/events/{eventId}/promo-codes/copies',
    operationId: 'copyPromoCodes',
    summary: 'Copy the active promo codes of another event',
    request: { params: eventParams, body: body(copyPromoCodesSchema) },
    responses: {
      200: answer(copiedPromoCodesSchema, 'How many codes were copied.'),
      ...problems(400, 401, 403, 404, 409, 415, 503),
    },
  });
  const list = createRoute({
    ...manager.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/events/{eventId}/promo-codes',
    operationId: 'listPromoCodes',
    summary: 'The promo codes of an event and how often each was redeemed',
    request: { params: eventParams, query: z.strictObject(pageQuery) },
    responses: { 200: answer(promoCodeListSchema, 'A page of promo codes.'), ...problems(400, 401, 403, 404, 503) },
  });
  const change = createRoute({
    ...manager.json,
    method: 'patch',
    path: '/v1/organizers/{slug}/events/{eventId}/promo-codes/{promoCodeId}',
    operationId: 'changePromoCode',
    summary: 'Change how often or how long a promo code is valid, or close it',
    request: { params: promoCodeParams, body: body(changePromoCodeSchema) },
    responses: { 200: answer(promoCodeSchema, 'The promo code.'), ...problems(400, 401, 403, 404, 409, 415, 503) },
  });
  return { create, copy, list, change };
}

/** Codes that lower the price of an event's orders. */
export function promoCodeRoutes(deps: PromoCodeRoutesDeps) {
  const { create, copy, list, change } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(create, async (c) =>
      c.json(await createPromoCode(deps, c.var.actor, c.req.valid('param').eventId, c.req.valid('json')), 201),
    )
    .openapi(copy, async (c) =>
      c.json(await copyPromoCodes(deps, c.var.actor, c.req.valid('param').eventId, c.req.valid('json')), 200),
    )
    .openapi(list, async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const after = idOfCursor(cursor);
      const { eventId } = c.req.valid('param');
      const promoCodes = await listPromoCodes(deps, c.var.actor, { eventId, after, limit });
      return c.json(pageById(promoCodes, limit), 200);
    })
    .openapi(change, async (c) =>
      c.json(await changePromoCode(deps, c.var.actor, c.req.valid('param'), c.req.valid('json')), 200),
    );
}
