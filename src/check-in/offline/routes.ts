import { createRoute } from '@hono/zod-openapi';
import { compress } from 'hono/compress';
import type { Actors } from '../../access/actors.ts';
import { type ActorEnv, requireActor } from '../../access/middleware.ts';
import { jsonBody } from '../../http/contract/json-body.ts';
import { page } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems } from '../../http/contract/schemas.ts';
import { byDoor } from '../../http/contract/security.ts';
import type { Clock } from '../../platform/clock.ts';
import type { TicketKeys } from '../../orders/index.ts';
import type { Db } from '../../platform/database/db.ts';
import { scanIdReused } from '../errors.ts';
import { syncBytesMax } from '../limits.ts';
import { eventParams } from '../schemas.ts';
import { doorList } from './door-list.ts';
import { listConflicts } from './list-conflicts.ts';
import { presentConflict, presentDoorList, presentRefusedScan, presentSyncedScan } from './present.ts';
import * as schemas from './schemas.ts';
import { readOfflineScan, syncScans } from './sync-scans.ts';

type Deps = { readonly db: Db; readonly actors: Actors; readonly ticketKeys: TicketKeys; readonly clock: Clock };

const tags = ['Check-in'];

/** The routes of offline doors: read the door list, upload scans, list conflicts. */
export function offlineRoutes(deps: Deps) {
  const actorOnly = requireActor(deps);

  const sync = createRoute({
    method: 'post',
    path: '/v1/check-ins/batch',
    tags,
    security: byDoor,
    operationId: 'syncScans',
    summary: 'Submit offline scans',
    middleware: [actorOnly, jsonBody(syncBytesMax, { anyText: true })] as const,
    request: { body: body(schemas.syncSchema) },
    responses: {
      200: answer(schemas.syncAnswerSchema, 'One answer per item, in their order; each is judged by itself.'),
      ...problems(400, 401, 403, 429, 503),
    },
  });
  const list = createRoute({
    method: 'get',
    path: '/v1/events/{id}/door-list',
    tags,
    security: byDoor,
    operationId: 'showDoorList',
    summary: 'The list for scanning offline',
    middleware: [actorOnly, compress()] as const,
    request: { params: eventParams, query: schemas.doorListQuery },
    responses: {
      200: answer(
        schemas.doorListSchema,
        'Hashes of ticket codes with the state of their tickets, and the rules of the door. Names only if `showsNames` is set.',
      ),
      ...problems(400, 401, 403, 404, 429, 503),
    },
  });
  const conflicts = createRoute({
    method: 'get',
    path: '/v1/events/{id}/check-ins/conflicts',
    tags,
    security: byDoor,
    operationId: 'listScanConflicts',
    summary: 'Conflicts and faults of offline doors',
    middleware: [actorOnly] as const,
    request: { params: eventParams, query: schemas.conflictsQuery },
    responses: {
      200: answer(
        schemas.conflictListSchema,
        'Later entries of tickets let in twice, and entries against the rules; newest first.',
      ),
      ...problems(400, 401, 403, 404, 429, 503),
    },
  });
  const router = createRouter<ActorEnv>();
  // Registered by hand, because the batch's schema refers to it by name and does not parse its items.
  router.openAPIRegistry.register('OfflineScan', schemas.offlineScanSchema);
  return router
    .openapi(sync, async (c) => {
      const input = c.req.valid('json');
      const items = input.scans.map((item) => readOfflineScan(item, input));
      const scans = items.flatMap((item) => ('problem' in item ? [] : [item]));
      const decided = [...(await syncScans(deps, c.var.actor, { ...input, scans }))];
      const data = items.map((item) => {
        const one = 'problem' in item ? undefined : decided.shift();
        if ('problem' in item) return presentRefusedScan(item.scanId, item.problem);
        if (one === undefined || one.result === 'reused') return presentRefusedScan(item.scanId, scanIdReused());
        return presentSyncedScan(item.scanId, one);
      });
      return c.json({ data }, 200);
    })
    .openapi(list, async (c) => {
      const input = { eventId: c.req.valid('param').id, ...c.req.valid('query') };
      return c.json(presentDoorList(await doorList(deps, c.var.actor, input)), 200);
    })
    .openapi(conflicts, async (c) => {
      const { limit, ...query } = c.req.valid('query');
      const rows = await listConflicts(deps, c.var.actor, { eventId: c.req.valid('param').id, limit, ...query });
      const keysOf = (row: (typeof rows)[number]) => [row.scanned_at, row.actor_id, row.device_id, row.scan_id];
      return c.json(page(rows, limit, presentConflict, keysOf), 200);
    });
}
