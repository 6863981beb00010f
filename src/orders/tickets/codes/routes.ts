import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../../access/actors.ts';
import { type ActorEnv, forStaff } from '../../../access/middleware.ts';
import { createRouter } from '../../../http/contract/router.ts';
import { answer, body, problems, organizerEventParams } from '../../../http/contract/schemas.ts';
import type { Db } from '../../../platform/database/db.ts';
import { ownEvent } from '../../desk/own-event.ts';
import { type TicketCodes, changeTicketCodes, findTicketCodes, rotateTicketKey } from './change-ticket-codes.ts';
import * as schemas from './schemas.ts';

type Deps = { readonly db: Db; readonly actors: Actors; readonly encryptionKey: string };

const path = '/v1/organizers/{slug}/events/{eventId}/ticket-codes';

/** How an event writes the codes of its tickets, and the keys that sign them. */
export function ticketCodeRoutes(deps: Deps) {
  const manager = forStaff(deps, 'manager', 'Check-in');

  const show = createRoute({
    ...manager.plain,
    method: 'get',
    path,
    operationId: 'showTicketCodes',
    summary: 'Whether ticket codes are signed, and the keys',
    request: { params: organizerEventParams },
    responses: {
      200: answer(schemas.ticketCodesSchema, 'The kind of codes, and all keys.'),
      ...problems(400, 401, 403, 404, 429, 503),
    },
  });

  const change = createRoute({
    ...manager.json,
    method: 'patch',
    path,
    operationId: 'changeTicketCodes',
    summary: 'Choose opaque or signed ticket codes',
    request: { params: organizerEventParams, body: body(schemas.ticketCodesChangeSchema) },
    responses: {
      200: answer(schemas.ticketCodesSchema, 'As it is now. Codes that were shown before stay good.'),
      ...problems(400, 401, 403, 404, 409, 429, 503),
    },
  });

  const rotate = createRoute({
    ...manager.json,
    method: 'post',
    path: `${path}/keys`,
    operationId: 'rotateTicketKey',
    summary: 'Sign ticket codes with a new key',
    request: { params: organizerEventParams, body: body(schemas.ticketKeyRotationSchema) },
    responses: {
      201: answer(schemas.ticketCodesSchema, 'As it is now.'),
      ...problems(400, 401, 403, 404, 409, 429, 503),
    },
  });

  return createRouter<ActorEnv>()
    .openapi(show, async (c) => {
      const { id } = await ownEvent(deps.db, c.var.actor, c.req.valid('param').eventId);
      return c.json(present(await findTicketCodes(deps.db, id)), 200);
    })
    .openapi(change, async (c) => {
      const { eventId } = c.req.valid('param');
      return c.json(present(await changeTicketCodes(deps, c.var.actor, { eventId, ...c.req.valid('json') })), 200);
    })
    .openapi(rotate, async (c) => {
      const { eventId } = c.req.valid('param');
      return c.json(present(await rotateTicketKey(deps, c.var.actor, { eventId, ...c.req.valid('json') })), 201);
    });
}

function present({ codes, keys }: TicketCodes) {
  return {
    codes,
    keys: keys.map(({ keyId, publicKey, status, createdAt }) => ({
      keyId,
      publicKey: publicKey.toString('hex'),
      status,
      createdAt: createdAt.toISOString(),
    })),
  };
}
