import { createRoute } from '@hono/zod-openapi';
import type { z } from '@hono/zod-openapi';
import type { PublicReadServer } from '../../catalog/index.ts';
import type { Answer } from '../../http/hot-path/answer.ts';
import { type HotRequest, hotRequestOfContext } from '../../http/hot-path/hot-request.ts';
import type { HotRoute } from '../../http/hot-path/hot-routes.ts';
import { readJson } from '../../http/contract/json-body.ts';
import { createRouter, describe, parseInput, unchecked } from '../../http/contract/router.ts';
import { answer, body, problems, slugParams } from '../../http/contract/schemas.ts';
import { typedAnswer } from '../../http/contract/typed-answer.ts';
import { type ExchangeDeps, type HeldPass, exchangePlace } from './exchange-place.ts';
import { exchangeSchema, passSchema, queueDocumentSchema } from '../schemas.ts';
import { byAnybody } from '../../http/contract/security.ts';

const tags = ['Waiting room'];
const exchangeBytesMax = 1024;

const showQueue = createRoute({
  method: 'get',
  path: '/v1/events/{slug}/queue',
  tags,
  operationId: 'showQueue',
  security: byAnybody,
  summary: 'The state of the line of an event',
  description:
    'The same for everybody, at most a second old. Extrapolate with `serving + ratePerSecond x seconds since servingAt`, ' +
    'and poll again after `pollSeconds`.',
  request: { params: slugParams },
  responses: {
    200: answer(queueDocumentSchema, 'The waiting room.'),
    304: { description: 'Not modified.' },
    ...problems(400, 404, 429, 503),
  },
});

const exchangeRoute = createRoute({
  method: 'post',
  path: '/v1/events/{slug}/queue/passes',
  tags,
  operationId: 'exchangePlace',
  security: byAnybody,
  summary: 'Exchange a called place for a pass',
  description:
    'Send the pass in the header `Queue-Pass` of `POST /v1/orders`. Before the turn, the response is 403 `queue.not_your_turn` ' +
    'with `position`, `serving` and `Retry-After`; after it, 410 `queue.turn_lapsed`.',
  request: { params: slugParams, body: body(exchangeSchema) },
  responses: {
    201: answer(passSchema, 'The pass.'),
    ...problems(400, 403, 404, 409, 410, 413, 415, 429, 503),
  },
});

async function exchange(deps: ExchangeDeps, request: HotRequest, slug: string): Promise<HeldPass> {
  const { placeToken } = parseInput(exchangeSchema, await readJson(request, exchangeBytesMax));
  return exchangePlace(deps, { slug, placeToken });
}

/** The exchange as plain data, for the hot path. */
async function answerPass(deps: ExchangeDeps, request: HotRequest, slug: string): Promise<Answer> {
  return { status: 201, body: JSON.stringify(await exchange(deps, request, slug)) };
}

export function passRoutes(deps: ExchangeDeps & { readonly publicReads: PublicReadServer }) {
  return describe(createRouter(), exchangeRoute)
    .openapi(showQueue, async (c) => {
      const { slug } = c.req.valid('param');
      return typedAnswer<z.input<typeof queueDocumentSchema>>(
        await deps.publicReads.answer(c.req.raw, (reads) => reads.queue(slug)),
      );
    })
    .openapi({ ...unchecked(exchangeRoute), request: { params: slugParams } }, async (c) => {
      const pass = await exchange(deps, hotRequestOfContext(c), c.req.valid('param').slug);
      return c.json(pass, 201, { 'cache-control': 'no-store' });
    });
}

const passPath = /^\/v1\/events\/([a-z0-9-]{1,80})\/queue\/passes$/;

/** The exchange on the hot path: when a room opens, everyone sends this. */
export function passHotRoute(deps: ExchangeDeps): HotRoute {
  return {
    method: 'POST',
    route: exchangeRoute.path,
    match: (path) => passPath.exec(path)?.[1],
    answer: (request, slug) => answerPass(deps, request, slug),
  };
}
