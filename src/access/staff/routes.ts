import { createRoute } from '@hono/zod-openapi';
import { jsonBody } from '../../http/contract/json-body.ts';
import { idOfCursor, page } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, listOf, problems, organizerParams } from '../../http/contract/schemas.ts';
import { changeStaffRole } from './change-staff-role.ts';
import type { AccessDeps } from '../deps.ts';
import { disableStaff } from './disable-staff.ts';
import { endStaffSessions } from '../sessions/end-staff-sessions.ts';
import { signUp } from './create-organizer.ts';
import { inviteStaff } from './invite-staff.ts';
import { findStaffPage } from './queries.ts';
import { type ActorEnv, forStaff } from '../middleware.ts';
import { presentMadeAccess, presentStaffMember } from '../present.ts';
import { changeStaffSchema, inviteStaffSchema, madeAccessSchema, staffMemberSchema, staffParams } from './schemas.ts';
import { createOrganizerSchema, keepQuery, listQuery } from '../schemas.ts';
import { byAnybody } from '../../http/contract/security.ts';
import { showMadeAccess } from './made-access.ts';

const tags = ['Staff'];

function contracts(deps: AccessDeps) {
  const manager = forStaff(deps, 'manager', 'Staff');
  const owner = forStaff(deps, 'owner', 'Staff');

  const signUpOpen = createRoute({
    method: 'post',
    path: '/v1/organizers',
    tags,
    operationId: 'signUp',
    summary: 'Sign up as an organiser, where the operator allows it',
    description: 'A link to set a password is mailed to `ownerEmail`. The response is the same for every address.',
    security: byAnybody,
    middleware: [jsonBody()] as const,
    request: { body: body(createOrganizerSchema) },
    responses: { 202: { description: 'A mail with a link is on its way.' }, ...problems(400, 403, 409, 429) },
  });
  const invite = createRoute({
    ...manager.json,
    method: 'post',
    path: '/v1/organizers/{slug}/staff',
    operationId: 'inviteStaff',
    summary: 'Invite a member by mail, or send the invitation again',
    request: { params: organizerParams, body: body(inviteStaffSchema) },
    responses: { 201: answer(staffMemberSchema, 'Invited.'), ...problems(400, 401, 403, 404, 409, 429) },
  });
  const list = createRoute({
    ...manager.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/staff',
    operationId: 'listStaff',
    summary: 'All members',
    request: { params: organizerParams, query: listQuery },
    responses: { 200: answer(listOf(staffMemberSchema), 'Members, oldest first.'), ...problems(400, 401, 403, 404) },
  });
  const change = createRoute({
    ...owner.json,
    method: 'patch',
    path: '/v1/organizers/{slug}/staff/{staffId}',
    operationId: 'changeStaffRole',
    summary: 'Change the role of a member, also for single events, or limit the member to events',
    description:
      "A lower role or fewer events end the member's sessions, and API keys, devices and open invitations that they could no longer " +
      'create. You take over those that `keep` lists.',
    request: { params: staffParams, body: body(changeStaffSchema) },
    responses: { 200: answer(staffMemberSchema, 'Changed.'), ...problems(400, 401, 403, 404, 409) },
  });
  const disable = createRoute({
    ...manager.plain,
    method: 'delete',
    path: '/v1/organizers/{slug}/staff/{staffId}',
    operationId: 'disableStaff',
    summary: 'Disable a member, and end the access they gave to others',
    description:
      'Ends their sessions and links, and the API keys, devices and open invitations that they or their keys have created. You ' +
      'take over those that `keep` lists.',
    request: { params: staffParams, query: keepQuery },
    responses: { 204: { description: 'Disabled.' }, ...problems(400, 401, 403, 404, 409) },
  });
  const made = createRoute({
    ...manager.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/staff/{staffId}/access',
    operationId: 'showStaffAccess',
    summary: 'The access that a member gave and that ends with them, and the members they invited',
    request: { params: staffParams },
    responses: { 200: answer(madeAccessSchema, 'By kind, oldest first.'), ...problems(400, 401, 403, 404) },
  });
  const signOut = createRoute({
    ...manager.plain,
    method: 'delete',
    path: '/v1/organizers/{slug}/staff/{staffId}/sessions',
    operationId: 'endStaffSessions',
    summary: 'Sign a member out everywhere',
    request: { params: staffParams },
    responses: { 204: { description: 'Signed out.' }, ...problems(400, 401, 403, 404) },
  });

  return { signUpOpen, invite, list, change, disable, made, signOut };
}

export function staffRoutes(deps: AccessDeps) {
  const { signUpOpen, invite, list, change, disable, made, signOut } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(signUpOpen, async (c) => {
      await signUp(deps, c.req.valid('json'));
      return c.body(null, 202);
    })
    .openapi(invite, async (c) => {
      const member = await inviteStaff(deps, { actor: c.var.actor, ...c.req.valid('json') });
      return c.json(presentStaffMember(member), 201);
    })
    .openapi(list, async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const afterId = idOfCursor(cursor);
      const rows = await findStaffPage(deps.db, c.var.actor.organizerId, { afterId, limit });
      return c.json(
        page(rows, limit, presentStaffMember, ({ id }) => [id]),
        200,
      );
    })
    .openapi(change, async (c) => {
      const { staffId } = c.req.valid('param');
      const member = await changeStaffRole(deps, { actor: c.var.actor, staffId, ...c.req.valid('json') });
      return c.json(presentStaffMember(member), 200);
    })
    .openapi(disable, async (c) => {
      await disableStaff(deps, { actor: c.var.actor, staffId: c.req.valid('param').staffId, ...c.req.valid('query') });
      return c.body(null, 204);
    })
    .openapi(made, async (c) => {
      const { staffId } = c.req.valid('param');
      return c.json(presentMadeAccess(await showMadeAccess(deps, { actor: c.var.actor, staffId })), 200);
    })
    .openapi(signOut, async (c) => {
      await endStaffSessions(deps, { actor: c.var.actor, staffId: c.req.valid('param').staffId });
      return c.body(null, 204);
    });
}
