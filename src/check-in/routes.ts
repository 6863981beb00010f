import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../access/actors.ts';
import { type ActorEnv, admitActor, requireActor } from '../access/middleware.ts';
import { jsonBody, jsonBytesMax, readJson } from '../http/contract/json-body.ts';
import { createRouter, describe, parseInput, unchecked } from '../http/contract/router.ts';
import { type HotRequest, hotRequestOfContext } from '../http/hot-path/hot-request.ts';
import type { HotRoute } from '../http/hot-path/hot-routes.ts';
import { answer, body, problems } from '../http/contract/schemas.ts';
import type { TicketKeys } from '../orders/index.ts';
import type { Db } from '../platform/database/db.ts';
import { presentOnlineScan, presentSummary } from './present.ts';
import { type ScanLane, scanTicket } from './scans/scan-ticket.ts';
import { undoScan } from './scans/undo-scan.ts';
import * as schemas from './schemas.ts';
import { createSummarizeCheckIns } from './summarize-check-ins.ts';
import { byDoor } from '../http/contract/security.ts';

type Deps = {
  readonly db: Db;
  /** For figures of whole events. */
  readonly countsDb: Db;
  readonly actors: Actors;
  readonly ticketKeys: TicketKeys;
  readonly scans: ScanLane;
};

const tags = ['Check-in'];

const scanRoute = createRoute({
  method: 'post',
  path: '/v1/check-ins',
  tags,
  security: byDoor,
  operationId: 'scanTicket',
  summary: 'Scan a ticket',
  request: { body: body(schemas.scanSchema) },
  responses: {
    200: answer(schemas.scanAnswerSchema, 'The answer to show; a refusal at the door is a result, not an error.'),
    ...problems(400, 401, 403, 422, 429, 503),
  },
});

/** The answer to a scan as plain data, for the router and the hot path. */
async function scanFrom(deps: Deps, request: HotRequest): Promise<ReturnType<typeof presentOnlineScan>> {
  const actor = await admitActor(deps, request, scanRoute.path);
  const input = parseInput(schemas.scanSchema, await readJson(request, jsonBytesMax, { anyText: true }));
  return presentOnlineScan(await scanTicket(deps, actor, input));
}

/** The scan on the hot path, for the hour in which everybody arrives. */
export function scanHotRoute(deps: Deps): HotRoute {
  return {
    method: 'POST',
    route: scanRoute.path,
    match: (path) => (path === scanRoute.path ? '' : undefined),
    answer: async (request) => ({ status: 200, body: JSON.stringify(await scanFrom(deps, request)) }),
  };
}

/** The routes of scanners and door staff. */
export function checkInRoutes(deps: Deps) {
  const actorOnly = requireActor(deps);

  const undo = createRoute({
    method: 'post',
    path: '/v1/check-ins/undos',
    tags,
    security: byDoor,
    operationId: 'undoScan',
    summary: 'Undo a scan that was a mistake',
    middleware: [actorOnly, jsonBody()] as const,
    request: { body: body(schemas.undoSchema) },
    responses: {
      200: answer(schemas.undoAnswerSchema, 'The ticket is as if the scan had not been made.'),
      ...problems(400, 401, 403, 404, 409, 429, 503),
    },
  });

  const summary = createRoute({
    method: 'get',
    path: '/v1/events/{id}/check-ins/summary',
    tags,
    security: byDoor,
    operationId: 'summarizeCheckIns',
    summary: 'The counters of the door',
    middleware: [actorOnly] as const,
    request: { params: schemas.eventParams },
    responses: {
      200: answer(schemas.summarySchema, 'Counts per ticket category and gate.'),
      ...problems(400, 401, 403, 404, 429, 503),
    },
  });

  const summarizeCheckIns = createSummarizeCheckIns(deps);
  return describe(createRouter<ActorEnv>(), scanRoute)
    .openapi(unchecked(scanRoute), async (c) => c.json(await scanFrom(deps, hotRequestOfContext(c)), 200))

    .openapi(undo, async (c) => c.json(await undoScan(deps, c.var.actor, c.req.valid('json')), 200))
    .openapi(summary, async (c) => {
      return c.json(presentSummary(await summarizeCheckIns(c.var.actor, c.req.valid('param').id)), 200);
    });
}
