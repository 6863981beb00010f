import { createRoute } from '@hono/zod-openapi';
import type { Actor, StaffActor } from '../../access/actor.ts';
import type { Actors } from '../../access/index.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerParams } from '../../http/contract/schemas.ts';
import { messageTestParams, messageTestSchema, sendMessageTestSchema } from './schemas.ts';
import { type SendTestDeps, sendTest } from './send-test.ts';
import { showTest } from './show-test.ts';
import { invariant } from '../../platform/assert.ts';

function contracts(deps: { readonly actors: Actors }) {
  const owner = forStaff(deps, 'owner', 'Notifications');
  return {
    send: createRoute({
      ...owner.json,
      method: 'post',
      path: '/v1/organizers/{slug}/message-tests',
      operationId: 'sendMessageTest',
      summary: 'Send a test by mail or from a WhatsApp number',
      description:
        "By mail, to the requesting member. By WhatsApp, only from this sender, to the phone of the organiser's profile: the code " +
        '`000000`, which gives no access, in the template or text of codes. A refusal of the provider ends the test. Five per hour.',
      request: { params: organizerParams, body: body(sendMessageTestSchema) },
      responses: {
        202: answer(messageTestSchema, 'On its way; `GET` of the test tells what became of it.'),
        ...problems(400, 401, 403, 404, 409, 415, 429),
      },
    }),
    show: createRoute({
      ...owner.plain,
      method: 'get',
      path: '/v1/organizers/{slug}/message-tests/{testId}',
      operationId: 'showMessageTest',
      summary: 'The outcome of a test',
      request: { params: messageTestParams },
      responses: { 200: answer(messageTestSchema, 'The test.'), ...problems(400, 401, 403, 404) },
    }),
  };
}

/** Live tests of mails and senders. */
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
  invariant(actor.kind === 'staff', 'an owner is a member of staff');
  return actor;
}
