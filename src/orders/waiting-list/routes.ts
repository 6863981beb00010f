import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Actors } from '../../access/actors.ts';
import { presentsWaiting } from '../../access/index.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import type { Config } from '../../config.ts';
import { jsonBody } from '../../http/contract/json-body.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems } from '../../http/contract/schemas.ts';
import { byAnybody, byWaiting } from '../../http/contract/security.ts';
import { privateHeaders } from '../../http/private-answer.ts';
import { idPatterns } from '../../platform/ids.ts';
import { ownEvent } from '../desk/own-event.ts';
import { eventParams } from '../schemas.ts';
import { type JoinDeps, joinWaitingList } from './join-waiting-list.ts';
import { listLines } from './list-lines.ts';
import { waitingEntryNotFound } from '../errors.ts';
import { joinWaitingListSchema, waitingEntrySchema, waitingLinesSchema, waitingParams } from './schemas.ts';
import { confirmWaitingEntry, leaveWaitingList, showWaitingEntry } from './waiting-entry.ts';

export type WaitingListRoutesDeps = JoinDeps & {
  readonly actors: Actors;
  readonly config: Pick<Config, 'ORDER_TOKEN_SECRET'>;
};

const tags = ['Waiting list'];

const joinRoute = createRoute({
  method: 'post',
  path: '/v1/events/{slug}/waiting-list',
  tags,
  security: byAnybody,
  operationId: 'joinWaitingList',
  summary: 'Wait for places of a sold-out category',
  description:
    'The position in the line is taken when the link in the mail is opened. Returned places are offered in this order: an order is placed ' +
    'and held for the person, and its link is mailed. The response is the same for an address that is already waiting.',
  middleware: [jsonBody()],
  request: { params: z.object({ slug: z.string().max(100) }), body: body(joinWaitingListSchema) },
  responses: { 202: { description: 'The mail is on its way.' }, ...problems(400, 404, 409, 415, 429, 503) },
});

const entry = { tags, security: byWaiting, request: { params: waitingParams } };

const showRoute = createRoute({
  ...entry,
  method: 'get',
  path: '/v1/waiting-list/{entryId}',
  operationId: 'showWaitingEntry',
  summary: 'A place in a waiting list',
  responses: { 200: answer(waitingEntrySchema, 'The entry.'), ...problems(404, 503) },
});

const confirmRoute = createRoute({
  ...entry,
  method: 'post',
  path: '/v1/waiting-list/{entryId}/confirmation',
  operationId: 'confirmWaitingEntry',
  summary: 'Confirm the address and take a place in the line',
  responses: { 200: answer(waitingEntrySchema, 'The entry.'), ...problems(404, 409, 503) },
});

const leaveRoute = createRoute({
  ...entry,
  method: 'post',
  path: '/v1/waiting-list/{entryId}/departure',
  operationId: 'leaveWaitingList',
  summary: 'Leave the waiting list',
  responses: { 204: { description: 'The data of the person is deleted.' }, ...problems(404, 503) },
});

/** Waiting for places that return. */
export function waitingListRoutes(deps: WaitingListRoutesDeps) {
  const manager = forStaff(deps, 'manager', 'Organizer: orders');
  const linesRoute = createRoute({
    ...manager.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/events/{eventId}/waiting-list',
    operationId: 'listWaitingLines',
    summary: 'The number of people waiting for each category, and the outcome of offers',
    request: { params: eventParams },
    responses: {
      200: answer(waitingLinesSchema, 'All categories by position.'),
      ...problems(400, 401, 403, 404, 503),
    },
  });
  return createRouter<ActorEnv>()
    .openapi(linesRoute, async (c) => {
      const event = await ownEvent(deps.db, c.var.actor, c.req.valid('param').eventId);
      return c.json({ data: await listLines(deps.db, event.id), nextCursor: null }, 200, privateHeaders);
    })
    .openapi(joinRoute, async (c) => {
      await joinWaitingList(deps, c.req.valid('param').slug, c.req.valid('json'));
      return c.body(null, 202, privateHeaders);
    })
    .openapi(showRoute, async (c) =>
      c.json(await showWaitingEntry(deps.db, ownEntry(c, deps, c.req.valid('param').entryId)), 200, privateHeaders),
    )
    .openapi(confirmRoute, async (c) =>
      c.json(await confirmWaitingEntry(deps.db, ownEntry(c, deps, c.req.valid('param').entryId)), 200, privateHeaders),
    )
    .openapi(leaveRoute, async (c) => {
      await leaveWaitingList(deps.db, ownEntry(c, deps, c.req.valid('param').entryId));
      return c.body(null, 204, privateHeaders);
    });
}

/** A stranger costs no query. @throws DomainError waiting_list.entry_not_found */
function ownEntry(c: Context, { config }: WaitingListRoutesDeps, entryId: string): string {
  const isOwn =
    idPatterns.waiting.test(entryId) &&
    presentsWaiting(c.req.header('authorization'), config.ORDER_TOKEN_SECRET, entryId);
  if (!isOwn) throw waitingEntryNotFound();
  return entryId;
}
