import { createRoute, z } from '@hono/zod-openapi';
import type { Actors } from '../access/index.ts';
import { type ActorEnv, requireRole } from '../access/middleware.ts';
import type { Config } from '../config.ts';
import { jsonBody } from '../http/contract/json-body.ts';
import { readBytes } from '../http/hot-path/read-bytes.ts';
import { markVerified } from '../http/request-context.ts';
import { createRouter } from '../http/contract/router.ts';
import { answer, body, problems } from '../http/contract/schemas.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database/db.ts';
import { createSender } from './senders/create-sender.ts';
import { disableSender } from './senders/disable-sender.ts';
import { findSenders } from './senders/queries.ts';
import type { Sender } from './tables.ts';
import { receiveStatuses } from './deliveries/receive-statuses.ts';
import { resendTickets } from './deliveries/resend-tickets.ts';
import {
  callbackParams,
  createSenderSchema,
  organizerParams,
  resendParams,
  resentSchema,
  senderListSchema,
  senderParams,
  senderSchema,
} from './schemas.ts';
import { verifyCallback } from './deliveries/verify-callback.ts';
import { byAnybody, bySession, byStaff } from '../http/contract/security.ts';

export type NotificationRoutesDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Pick<Config, 'ENCRYPTION_KEY'>;
  readonly actors: Actors;
};

const callbackBytesMax = 256 * 1024;
const tags = ['Notifications'];

function contracts(deps: NotificationRoutesDeps) {
  const owner = requireRole(deps, 'owner');
  const manager = requireRole(deps, 'manager');
  return {
    create: createRoute({
      method: 'post',
      path: '/v1/organizers/{slug}/senders',
      tags,
      operationId: 'createSender',
      summary: 'Add a WhatsApp number that messages go out from',
      security: bySession,
      middleware: [owner, jsonBody()] as const,
      request: { params: organizerParams, body: body(createSenderSchema) },
      responses: { 201: answer(senderSchema, 'Made.'), ...problems(400, 401, 403, 404, 409) },
    }),
    list: createRoute({
      method: 'get',
      path: '/v1/organizers/{slug}/senders',
      tags,
      operationId: 'listSenders',
      summary: 'All senders, disabled ones too',
      security: bySession,
      middleware: [owner] as const,
      request: { params: organizerParams },
      responses: { 200: answer(senderListSchema, 'Senders, oldest first.'), ...problems(400, 401, 403, 404) },
    }),
    disable: createRoute({
      method: 'delete',
      path: '/v1/organizers/{slug}/senders/{senderId}',
      tags,
      operationId: 'disableSender',
      summary: 'Take a sender out of use',
      security: bySession,
      middleware: [owner] as const,
      request: { params: senderParams },
      responses: { 204: { description: 'Out of use.' }, ...problems(400, 401, 403, 404) },
    }),
    resend: createRoute({
      method: 'post',
      path: '/v1/organizers/{slug}/orders/{orderId}/notifications',
      tags,
      operationId: 'resendTickets',
      summary: 'Send the tickets of an order once more',
      security: byStaff,
      middleware: [manager] as const,
      request: { params: resendParams },
      responses: { 202: answer(resentSchema, 'On the way.'), ...problems(400, 401, 403, 404, 409, 429) },
    }),
  };
}

function callbackContracts() {
  const tags = ['Callbacks'];
  const text = (description: string) => ({ description, content: { 'text/plain': { schema: z.string() } } });
  return {
    verify: createRoute({
      method: 'get',
      path: '/v1/callbacks/whatsapp/{senderId}',
      tags,
      operationId: 'verifyWhatsappCallback',
      security: byAnybody,
      summary: 'WhatsApp asks whether this address wants its callbacks',
      request: { params: callbackParams },
      responses: { 200: text('The challenge.'), ...problems(400, 403, 503) },
    }),
    receive: createRoute({
      method: 'post',
      path: '/v1/callbacks/whatsapp/{senderId}',
      tags,
      operationId: 'receiveWhatsappCallback',
      security: byAnybody,
      summary: 'WhatsApp reports what became of messages; signed over the raw bytes',
      request: { params: callbackParams },
      responses: { 200: text('Taken.'), ...problems(400, 403, 413, 503) },
    }),
  };
}

/** Senders of an organiser, and sending tickets once more. */
export function notificationRoutes(deps: NotificationRoutesDeps) {
  const { create, list, disable, resend } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(create, async (c) => {
      const input = c.req.valid('json');
      return c.json(presentSender(await createSender(deps, { actor: c.var.actor, ...input })), 201);
    })
    .openapi(list, async (c) => {
      const senders = await findSenders(deps.db, c.var.actor.organizerId);
      return c.json({ data: senders.map(presentSender), nextCursor: null }, 200);
    })
    .openapi(disable, async (c) => {
      await disableSender(deps, { actor: c.var.actor, senderId: c.req.valid('param').senderId });
      return c.body(null, 204);
    })
    .openapi(resend, async (c) => {
      const ids = await resendTickets(deps, { actor: c.var.actor, orderId: c.req.valid('param').orderId });
      return c.json({ data: ids.map((id) => ({ id })) }, 202);
    });
}

/** Callbacks of message providers. A database that is away answers 503, and the provider tries again. */
export function notificationCallbackRoutes(deps: Pick<NotificationRoutesDeps, 'db' | 'config'>) {
  const { verify, receive } = callbackContracts();
  return createRouter()
    .openapi(verify, async (c) => {
      const challenge = await verifyCallback(deps, {
        senderId: c.req.valid('param').senderId,
        mode: c.req.query('hub.mode'),
        verifyToken: c.req.query('hub.verify_token'),
        challenge: c.req.query('hub.challenge'),
      });
      return c.text(challenge, 200);
    })
    .openapi(receive, async (c) => {
      await receiveStatuses(deps, {
        senderId: c.req.valid('param').senderId,
        signature: c.req.header('x-hub-signature-256'),
        body: await readBytes(c, callbackBytesMax),
        onVerified: () => markVerified(c),
      });
      return c.text('ok', 200);
    });
}

function presentSender(sender: Sender) {
  return {
    id: sender.id,
    kind: sender.kind,
    phoneNumberId: sender.phoneNumberId,
    messagesPerSecond: sender.messagesPerSecond,
    status: sender.status,
    lastFailure: sender.lastFailure,
    createdAt: sender.createdAt.toISOString(),
  };
}
