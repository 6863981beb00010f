import { createRoute, z } from '@hono/zod-openapi';
import type { Actors } from '../../access/index.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { createRouter } from '../../http/contract/router.ts';
import {
  answer,
  blockOfText,
  body,
  problems,
  slugSchema,
  timeSchema,
  organizerParams,
} from '../../http/contract/schemas.ts';
import type { Db } from '../../platform/database/db.ts';
import { messageNames, messageVariables } from './catalog.ts';
import { changeMessageText, listMessageTexts, resetMessageText } from './change-message-text.ts';
import { messageTextMax } from './check-text.ts';

export type MessageTextRoutesDeps = { readonly db: Db; readonly actors: Actors };

const textParams = z.object({
  slug: slugSchema,
  template: z.enum(messageNames),
  locale: z.enum(['id', 'en']),
});
const textSchema = z
  .object({
    template: z.enum(messageNames),
    locale: z.enum(['id', 'en']),
    body: z.string(),
    isOwn: z.boolean().openapi({ description: 'False if it is the default text of the service.' }),
    variables: z.array(z.object({ name: z.enum(messageVariables), isRequired: z.boolean() })),
    changedAt: timeSchema.nullable(),
  })
  .openapi('MessageText');
const changeSchema = z
  .strictObject({
    body: blockOfText(messageTextMax).min(1).openapi({ description: 'With variables such as `{{name}}`.' }),
  })
  .openapi('ChangeMessageText');

function contracts(deps: MessageTextRoutesDeps) {
  const manager = forStaff(deps, 'manager', 'Notifications');
  const path = '/v1/organizers/{slug}/message-texts/{template}/{locale}';
  return {
    list: createRoute({
      ...manager.plain,
      method: 'get',
      path: '/v1/organizers/{slug}/message-texts',
      operationId: 'listMessageTexts',
      summary: 'The texts of WhatsApp messages',
      description: 'Senders of the Cloud API send templates approved by Meta instead.',
      request: { params: organizerParams },
      responses: {
        200: answer(
          z.object({ data: z.array(textSchema), nextCursor: z.null() }).openapi('MessageTextList'),
          'All messages, each in both languages.',
        ),
        ...problems(400, 401, 403, 404),
      },
    }),
    change: createRoute({
      ...manager.json,
      method: 'put',
      path,
      operationId: 'changeMessageText',
      summary: "Set the organiser's own text of a message",
      description:
        'A text with an unknown variable, a missing or broken one, or too many characters is refused with ' +
        '`text.unknown_variable`, `text.missing_variable`, `text.broken_variable` or `text.too_long` in `errors`.',
      request: { params: textParams, body: body(changeSchema) },
      responses: { 200: answer(textSchema, 'Used from now on.'), ...problems(400, 401, 403, 404) },
    }),
    reset: createRoute({
      ...manager.plain,
      method: 'delete',
      path,
      operationId: 'resetMessageText',
      summary: 'Return to the default text',
      request: { params: textParams },
      responses: { 204: { description: 'The default text is used.' }, ...problems(400, 401, 403, 404) },
    }),
  };
}

/** An organiser's own texts of messages. */
export function messageTextRoutes(deps: MessageTextRoutesDeps) {
  const { list, change, reset } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(list, async (c) =>
      c.json({ data: await listMessageTexts(deps.db, c.var.actor.organizerId), nextCursor: null }, 200),
    )
    .openapi(change, async (c) => {
      const { template, locale } = c.req.valid('param');
      const { body: text } = c.req.valid('json');
      return c.json(await changeMessageText(deps, { actor: c.var.actor, template, locale, body: text }), 200);
    })
    .openapi(reset, async (c) => {
      const { template, locale } = c.req.valid('param');
      await resetMessageText(deps, { actor: c.var.actor, template, locale });
      return c.body(null, 204);
    });
}
