import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../access/index.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import type { Config } from '../../config.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerParams } from '../../http/contract/schemas.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import type { SenderConfig } from '../channels/whatsapp/sender-plugin.ts';
import { senderNotFound } from '../errors.ts';
import { changeSender } from './change-sender.ts';
import { createSender } from './create-sender.ts';
import { disableSender } from './disable-sender.ts';
import { presentSender } from './present.ts';
import { findSenders } from './queries.ts';
import {
  changeSenderSchema,
  createSenderSchema,
  senderListSchema,
  senderParams,
  senderSchema,
  senderTemplateListSchema,
} from './schemas.ts';
import { listSenderTemplates } from './sender-templates.ts';
import { requestTemplateSubmission } from './submit-templates.ts';

export type SenderRoutesDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Pick<Config, 'ENCRYPTION_KEY'> & SenderConfig;
  readonly actors: Actors;
};

function contracts(deps: SenderRoutesDeps) {
  const owner = forStaff(deps, 'owner', 'Notifications');
  return {
    create: createRoute({
      ...owner.json,
      method: 'post',
      path: '/v1/organizers/{slug}/senders',
      operationId: 'createSender',
      summary: 'Add a WhatsApp number that sends messages',
      request: { params: organizerParams, body: body(createSenderSchema) },
      responses: { 201: answer(senderSchema, 'Made.'), ...problems(400, 401, 403, 404, 409) },
    }),
    list: createRoute({
      ...owner.plain,
      method: 'get',
      path: '/v1/organizers/{slug}/senders',
      operationId: 'listSenders',
      summary: "All senders, including disabled ones, with today's figures",
      request: { params: organizerParams },
      responses: { 200: answer(senderListSchema, 'Senders, oldest first.'), ...problems(400, 401, 403, 404) },
    }),
    change: createRoute({
      ...owner.json,
      method: 'patch',
      path: '/v1/organizers/{slug}/senders/{senderId}',
      operationId: 'changeSender',
      summary: 'Change the limits of a sender',
      request: { params: senderParams, body: body(changeSenderSchema) },
      responses: { 200: answer(senderSchema, 'Changed.'), ...problems(400, 401, 403, 404) },
    }),
    disable: createRoute({
      ...owner.plain,
      method: 'delete',
      path: '/v1/organizers/{slug}/senders/{senderId}',
      operationId: 'disableSender',
      summary: 'Take a sender out of use',
      request: { params: senderParams },
      responses: { 204: { description: 'Out of use.' }, ...problems(400, 401, 403, 404) },
    }),
    templates: createRoute({
      ...owner.plain,
      method: 'get',
      path: '/v1/organizers/{slug}/senders/{senderId}/templates',
      operationId: 'listSenderTemplates',
      summary: "Meta's states of the templates that messages use",
      description: 'Read from Meta every ten minutes for senders of the Cloud API with a `businessAccountId`.',
      request: { params: senderParams },
      responses: { 200: answer(senderTemplateListSchema, 'Templates by name.'), ...problems(400, 401, 403, 404) },
    }),
    submit: createRoute({
      ...owner.plain,
      method: 'post',
      path: '/v1/organizers/{slug}/senders/{senderId}/templates',
      operationId: 'submitSenderTemplates',
      summary: 'Submit the texts of all messages to Meta as templates',
      description:
        "In both languages, with the organiser's own texts where they exist. An approved template is changed only if its text was rewritten here. The list shows the status at Meta, and `NOT_SUBMITTED` with the reason if Meta did not accept a template.",
      request: { params: senderParams },
      responses: { 202: { description: 'On the way.' }, ...problems(400, 401, 403, 404, 409) },
    }),
  };
}

/** Senders of an organiser. */
export function senderRoutes(deps: SenderRoutesDeps) {
  const { create, list, change, disable, templates, submit } = contracts(deps);
  const shown = async (organizerId: string, senderId: string) => {
    const [figures] = await findSenders(deps.db, organizerId, senderId);
    if (figures === undefined) throw senderNotFound();
    return presentSender(figures);
  };
  return createRouter<ActorEnv>()
    .openapi(create, async (c) => {
      const sender = await createSender(deps, { actor: c.var.actor, input: c.req.valid('json') });
      return c.json(await shown(c.var.actor.organizerId, sender.id), 201);
    })
    .openapi(list, async (c) => {
      const senders = await findSenders(deps.db, c.var.actor.organizerId);
      return c.json({ data: senders.map(presentSender), nextCursor: null }, 200);
    })
    .openapi(change, async (c) => {
      const { senderId } = c.req.valid('param');
      await changeSender(deps, { actor: c.var.actor, senderId, change: c.req.valid('json') });
      return c.json(await shown(c.var.actor.organizerId, senderId), 200);
    })
    .openapi(disable, async (c) => {
      await disableSender(deps, { actor: c.var.actor, senderId: c.req.valid('param').senderId });
      return c.body(null, 204);
    })
    .openapi(submit, async (c) => {
      await requestTemplateSubmission(deps, { actor: c.var.actor, senderId: c.req.valid('param').senderId });
      return c.body(null, 202);
    })
    .openapi(templates, async (c) => {
      const listed = await listSenderTemplates(deps, {
        organizerId: c.var.actor.organizerId,
        senderId: c.req.valid('param').senderId,
      });
      return c.json(listed, 200);
    });
}
