import { createRoute } from '@hono/zod-openapi';
import type { Actor, StaffActor } from '../../access/actor.ts';
import type { Actors } from '../../access/index.ts';
import { type ActorEnv, requireRole } from '../../access/middleware.ts';
import { jsonBody } from '../../http/contract/json-body.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems } from '../../http/contract/schemas.ts';
import { bySession } from '../../http/contract/security.ts';
import { messageTestParams, messageTestSchema, messageTestsParams, sendMessageTestSchema } from './schemas.ts';
import { type SendTestDeps, sendTest } from './send-test.ts';
import { showTest } from './show-test.ts';

function contracts(deps: { readonly actors: Actors }) {
  const common = { tags: ['Notifications'], security: bySession };
  const owner = requireRole(deps, 'owner');
  return {
    send: createRoute({
      ...common,
      method: 'post',
      path: '/v1/organizers/{slug}/message-tests',
      operationId: 'sendMessageTest',
      summary: 'Send a test by mail or from a WhatsApp number',
      description:
        "By mail: to the member who asks. By WhatsApp: by this sender and no other, to the phone of the organizer's profile; the code " +
        '`000000`, which opens nothing, by the template or text of codes. A refusal of the provider ends the test. Five an hour.',
      middleware: [owner, jsonBody()] as const,
      request: { params: messageTestsParams, body: body(sendMessageTestSchema) },
      responses: {
        202: answer(messageTestSchema, 'On its way; `GET` of the test tells what became of it.'),
        ...problems(400, 401, 403, 404, 409, 415, 429),
      },
    }),
    show: createRoute({
      ...common,
      method: 'get',
      path: '/v1/organizers/{slug}/message-tests/{testId}',
      operationId: 'showMessageTest',
      summary: 'What became of a test',
      middleware: [owner] as const,
      request: { params: messageTestParams },
      responses: { 200: answer(messageTestSchema, 'The test.'), ...problems(400, 401, 403, 404) },
    }),
  };
}

/** Live tests of what messages go out by. */
export function messageTestRoutes(deps: SendTestDeps & { readonly actors: Actors }) {
  const { send, show } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(send, async (c) => {
      const actor = memberOf(c.var.actor);
      const input = c.req.valid('json');
      const testId = await sendTest(deps, actor, input);
      return c.json(await showTest(deps.db, { organizerId: actor.organizerId, testId }), 202);
    })
    .openapi(show, async (c) => {
      const { testId } = c.req.valid('param');
      return c.json(await showTest(deps.db, { organizerId: c.var.actor.organizerId, testId }), 200);
    });
}

/** An owner is always a person: API keys and devices have no such role. */
function memberOf(actor: Actor): StaffActor {
  if (actor.kind !== 'staff') throw new Error('an owner is a member of staff');
  return actor;
}
