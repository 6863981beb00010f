import { createRoute } from '@hono/zod-openapi';
import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { eventNotFound } from '../../access/errors.ts';
import type { CachedReads } from '../../http/public-cache/cached-reads.ts';
import { type AppEnv, createRouter } from '../../http/contract/router.ts';
import { answer, problems, slugParams } from '../../http/contract/schemas.ts';
import { typedAnswer } from '../../http/contract/typed-answer.ts';
import { leafNotFound, listNotFrozen } from '../errors.ts';
import { type DrawsReadDeps, drawsRead } from './draws-read.ts';
import { presentProof } from './present.ts';
import { type PublishedLists, createPublishedLists } from './tree/published-list.ts';
import type { RootedList } from './queries.ts';
import * as schemas from './schemas.ts';
import { byAnybody } from '../../http/contract/security.ts';

const tags = ['Waiting room'];

const showDraws = createRoute({
  method: 'get',
  path: '/v1/events/{slug}/queue/draws',
  tags,
  operationId: 'showDraws',
  security: byAnybody,
  summary: 'The commitments and results of the draws',
  description: 'Together with the leaves, enough to repeat the whole draw.',
  request: { params: slugParams },
  responses: {
    200: answer(schemas.drawsSchema, 'All draws of the waiting room; at most two seconds old.'),
    304: { description: 'Not modified.' },
    ...problems(400, 404, 429, 503),
  },
});

const showLeaves = createRoute({
  method: 'get',
  path: '/v1/events/{slug}/queue/draws/leaves/{chunk}',
  tags,
  operationId: 'showDrawLeaves',
  security: byAnybody,
  summary: 'The frozen list, 1,024 leaves at a time',
  request: { params: schemas.leavesParams },
  responses: {
    200: {
      description: '32 bytes for each place, in order of index. Never changes.',
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    },
    ...problems(400, 404, 409, 429, 503),
  },
});

const showProof = createRoute({
  method: 'get',
  path: '/v1/events/{slug}/queue/proofs/{index}',
  tags,
  operationId: 'showPlaceProof',
  security: byAnybody,
  summary: 'The proof that a place is in the frozen list',
  request: { params: schemas.proofParams },
  responses: {
    200: answer(schemas.proofSchema, 'The leaf and its path to the root. Never changes.'),
    ...problems(400, 404, 409, 429, 503),
  },
});

/** The public documents for verifying the draw, or one's own position in it. */
export function drawRoutes(deps: DrawsReadDeps & { readonly cachedReads: CachedReads }) {
  const lists = createPublishedLists(deps);
  return createRouter()
    .openapi(showDraws, async (c) => {
      const read = drawsRead(deps, c.req.valid('param').slug);
      return typedAnswer<z.input<typeof schemas.drawsSchema>>(await deps.cachedReads.answer(read, c.req.raw));
    })
    .openapi(showLeaves, async (c) => {
      const { slug, chunk } = c.req.valid('param');
      const list = await rootedList(lists, slug);
      const leaves = await lists.leavesOf(list, chunk);
      if (leaves === undefined) throw leafNotFound();
      keepForever(c, list);
      c.header('x-accel-expires', edgeSeconds);
      return c.body(new Uint8Array(leaves), 200, { 'content-type': 'application/octet-stream' });
    })
    .openapi(showProof, async (c) => {
      const { slug, index } = c.req.valid('param');
      const list = await rootedList(lists, slug);
      const proof = await lists.proofOf(list, index);
      if (proof === undefined) throw leafNotFound();
      keepForever(c, list);
      return c.json(presentProof(list, index, proof), 200);
    });
}

async function rootedList(lists: PublishedLists, slug: string): Promise<RootedList> {
  const list = await lists.listOf(slug);
  if (list === undefined) throw eventNotFound();
  if (list === 'unrooted') throw listNotFrozen();
  return list;
}

const keptSeconds = 31_536_000;
/** Our edge caches leaves, which a thousand buyers share, but no proofs, which one buyer asks for. */
const edgeSeconds = '3600';

function keepForever(c: Context<AppEnv>, { eventId }: RootedList): void {
  c.header('cache-control', `public, max-age=${keptSeconds}, immutable`);
  c.header('surrogate-key', `${eventId} draws`);
  c.header('access-control-allow-origin', '*');
  c.header('x-content-type-options', 'nosniff');
}
