import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { jsonBody } from '../../http/contract/json-body.ts';
import { createRouter } from '../../http/contract/router.ts';
import { body, problems } from '../../http/contract/schemas.ts';
import { acceptInvitation } from './accept-invitation.ts';
import { confirmPasswordReset } from './confirm-password-reset.ts';
import type { AccessDeps } from '../deps.ts';
import type { ActorEnv } from '../middleware.ts';
import { requestPasswordReset } from './request-password-reset.ts';
import { acceptInvitationSchema, confirmPasswordResetSchema, requestPasswordResetSchema } from './schemas.ts';
import { byAnybody } from '../../http/contract/security.ts';

const tags = ['Sessions'];

/** Invitations and password resets. The mailed link is the only credential. */
export function linkRoutes(deps: AccessDeps & { readonly networkOf: (c: Context) => string }) {
  const accept = createRoute({
    method: 'post',
    path: '/v1/invitations/acceptance',
    tags,
    operationId: 'acceptInvitation',
    security: byAnybody,
    summary: 'Accept an invitation: set a name and a password',
    middleware: [jsonBody()] as const,
    request: { body: body(acceptInvitationSchema) },
    responses: { 204: { description: 'The member may sign in now.' }, ...problems(400, 409, 503) },
  });
  const request = createRoute({
    method: 'post',
    path: '/v1/password-resets',
    tags,
    operationId: 'requestPasswordReset',
    security: byAnybody,
    summary: 'Request a mail with a link that sets a new password',
    middleware: [jsonBody()] as const,
    request: { body: body(requestPasswordResetSchema) },
    responses: { 202: { description: 'A mail is sent if a member has this address.' }, ...problems(400, 429, 503) },
  });
  const confirm = createRoute({
    method: 'post',
    path: '/v1/password-resets/confirmation',
    tags,
    operationId: 'confirmPasswordReset',
    security: byAnybody,
    summary: 'Set a new password; every session ends',
    description:
      'If the member has created API keys, devices or invitations that still work, `keep` must list those that stay. Without it, the ' +
      'response is 409 `access.choice_needed` with the list in `made`; nothing changes, and the link can be used again.',
    middleware: [jsonBody()] as const,
    request: { body: body(confirmPasswordResetSchema) },
    responses: { 204: { description: 'The password is changed.' }, ...problems(400, 409, 503) },
  });

  return createRouter<ActorEnv>()
    .openapi(accept, async (c) => {
      await acceptInvitation(deps, c.req.valid('json'));
      return c.body(null, 204);
    })
    .openapi(request, async (c) => {
      await requestPasswordReset(deps, { ...c.req.valid('json'), network: deps.networkOf(c) });
      return c.body(null, 202);
    })
    .openapi(confirm, async (c) => {
      await confirmPasswordReset(deps, c.req.valid('json'));
      return c.body(null, 204);
    });
}
