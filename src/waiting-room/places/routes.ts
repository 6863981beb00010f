import { createRoute } from '@hono/zod-openapi';
import { type HotRequest, hotRequestOfContext } from '../../http/hot-path/hot-request.ts';
import type { HotRoute } from '../../http/hot-path/hot-routes.ts';
import { readJson } from '../../http/contract/json-body.ts';
import { createRouter, describe, parseInput, unchecked } from '../../http/contract/router.ts';
import { answer, body, problems, slugParams } from '../../http/contract/schemas.ts';
import { type HeldPlace, type JoinPlaceDeps, type JoinPlaceInput, issueChallenge, joinPlace } from './join-place.ts';
import { challengeSchema, joinSchema, placeSchema } from './schemas.ts';
import { byBuyer } from '../../http/contract/security.ts';

const tags = ['Waiting room'];
const joinBytesMax = 4096;

const joinRoute = createRoute({
  method: 'post',
  path: '/v1/events/{slug}/queue/places',
  tags,
  operationId: 'joinQueue',
  summary: 'Take a place in the line of an event',
  description:
    'With the token of a confirmed buyer (`POST /v1/buyers/confirmations`). One place per buyer and event: joining again, on ' +
    'any device, returns the same place. If the room requires work (`challengeDifficulty` of the queue document), send a solved ' +
    'challenge. After a missed turn, join with `insteadOf` for a place at the end of the line.',
  security: byBuyer,
  request: { params: slugParams, body: { ...body(joinSchema), required: false } },
  responses: {
    201: answer(placeSchema, 'The place.'),
    200: answer(placeSchema, 'The place that this buyer has already.'),
    ...problems(400, 401, 403, 404, 409, 413, 415, 429, 503),
  },
});

const challengeRoute = createRoute({
  method: 'post',
  path: '/v1/events/{slug}/queue/challenges',
  tags,
  operationId: 'requestChallenge',
  summary: 'Get the challenge that joining requires now',
  description: 'In the format of ALTCHA, valid for this buyer and event for ten minutes.',
  security: byBuyer,
  request: { params: slugParams },
  responses: {
    201: answer(challengeSchema, 'To be solved, and sent with the join.'),
    204: { description: 'Joining requires no challenge now.' },
    ...problems(400, 401, 404, 409, 429, 503),
  },
});

/** The answer to a join as plain data, for the router and the hot path. */
async function joinFrom(
  deps: JoinPlaceDeps,
  request: HotRequest,
  slug: string,
): Promise<{ status: 200 | 201; place: HeldPlace }> {
  const { place, isNew } = await joinPlace(deps, {
    slug,
    authorization: request.header('authorization'),
    ...(await readWish(request)),
  });
  return { status: isNew ? 201 : 200, place };
}

async function readWish(request: HotRequest): Promise<Pick<JoinPlaceInput, 'challenge' | 'insteadOf'>> {
  const length = request.header('content-length');
  if ((length === undefined || length === '0') && request.header('transfer-encoding') === undefined)
    return { challenge: undefined };
  const { challenge, insteadOf } = parseInput(joinSchema, await readJson(request, joinBytesMax));
  return { challenge, insteadOf };
}

export function placeRoutes(deps: JoinPlaceDeps) {
  return describe(createRouter(), joinRoute)
    .openapi({ ...unchecked(joinRoute), request: { params: slugParams } }, async (c) => {
      const { status, place } = await joinFrom(deps, hotRequestOfContext(c), c.req.valid('param').slug);
      return c.json(place, status);
    })
    .openapi(challengeRoute, async (c) => {
      const { slug } = c.req.valid('param');
      const challenge = await issueChallenge(deps, { slug, authorization: c.req.header('authorization') });
      return challenge === undefined ? c.body(null, 204) : c.json({ ...challenge }, 201);
    });
}

const joinPath = /^\/v1\/events\/([a-z0-9-]{1,80})\/queue\/places$/;

/** The join on the hot path, for the minute in which everybody joins. */
export function joinHotRoute(deps: JoinPlaceDeps): HotRoute {
  return {
    method: 'POST',
    route: joinRoute.path,
    match: (path) => joinPath.exec(path)?.[1],
    answer: async (request, slug) => {
      const { status, place } = await joinFrom(deps, request, slug);
      return { status, body: JSON.stringify(place) };
    },
  };
}
