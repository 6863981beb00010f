import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { jsonBody } from '../../http/contract/json-body.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, listOf, problems } from '../../http/contract/schemas.ts';
import type { Actor, StaffActor } from '../actor.ts';
import type { AccessDeps } from '../deps.ts';
import { endSession } from './end-session.ts';
import { forbidden } from '../errors.ts';
import { findLiveSessions } from './queries.ts';
import { type ActorEnv, requireActor } from '../middleware.ts';
import { presentActor, presentSession } from '../present.ts';
import { actorSchema, sessionParams, sessionSchema, signInSchema, signedInSchema } from './schemas.ts';
import { showActor } from './show-actor.ts';
import { startSession } from './start-session.ts';
import { byAnybody, byDoor, bySession } from '../../http/contract/security.ts';

const tags = ['Sessions'];

function contracts(deps: AccessDeps) {
  const actorNeeded = requireActor(deps);

  const start = createRoute({
    method: 'post',
    path: '/v1/sessions',
    tags,
    operationId: 'startSession',
    security: byAnybody,
    summary: 'Sign in',
    middleware: [jsonBody()] as const,
    request: { body: body(signInSchema) },
    responses: { 201: answer(signedInSchema, 'Signed in.'), ...problems(400, 401, 429, 503) },
  });
  const show = createRoute({
    method: 'get',
    path: '/v1/sessions/current',
    tags,
    operationId: 'showCurrentSession',
    summary: "The caller's own name, role and organiser",
    security: byDoor,
    middleware: [actorNeeded] as const,
    responses: { 200: answer(actorSchema, 'Who is behind this credential.'), ...problems(401) },
  });
  const list = createRoute({
    method: 'get',
    path: '/v1/sessions',
    tags,
    operationId: 'listSessions',
    summary: 'My sessions',
    security: bySession,
    middleware: [actorNeeded] as const,
    responses: { 200: answer(listOf(sessionSchema), 'Sessions that live, newest first.'), ...problems(401, 403) },
  });
  const endCurrent = createRoute({
    method: 'delete',
    path: '/v1/sessions/current',
    tags,
    operationId: 'endCurrentSession',
    summary: 'Sign out',
    security: bySession,
    middleware: [actorNeeded] as const,
    responses: { 204: { description: 'Signed out.' }, ...problems(401, 403) },
  });
  const end = createRoute({
    method: 'delete',
    path: '/v1/sessions/{sessionId}',
    tags,
    operationId: 'endSession',
    summary: 'End another of my sessions',
    security: bySession,
    middleware: [actorNeeded] as const,
    request: { params: sessionParams },
    responses: { 204: { description: 'Ended.' }, ...problems(400, 401, 403, 404) },
  });

  return { start, show, list, endCurrent, end };
}

export function sessionRoutes(deps: AccessDeps & { readonly networkOf: (c: Context) => string }) {
  const { start, show, list, endCurrent, end } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(start, async (c) => {
      const { expiresAt, ...tokens } = await startSession(deps, {
        ...c.req.valid('json'),
        network: deps.networkOf(c),
      });
      return c.json({ ...tokens, expiresAt: expiresAt.toISOString() }, 201);
    })
    .openapi(show, async (c) => c.json(presentActor(await showActor(deps, { actor: c.var.actor })), 200))
    .openapi(list, async (c) => {
      const actor = person(c.var.actor);
      const rows = await findLiveSessions(deps.db, actor.id);
      return c.json({ data: rows.map((row) => presentSession(row, actor.sessionId)), nextCursor: null }, 200);
    })
    .openapi(endCurrent, async (c) => {
      const actor = person(c.var.actor);
      await endSession(deps, { actor, sessionId: actor.sessionId });
      return c.body(null, 204);
    })
    .openapi(end, async (c) => {
      await endSession(deps, { actor: person(c.var.actor), sessionId: c.req.valid('param').sessionId });
      return c.body(null, 204);
    });
}

/** Keys and devices have no sessions. */
function person(actor: Actor): StaffActor {
  if (actor.kind !== 'staff') throw forbidden();
  return actor;
}
