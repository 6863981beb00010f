import { createRoute } from '@hono/zod-openapi';
import { cursorInvalid, decodeCursor, page } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, listOf, problems, organizerParams } from '../../http/contract/schemas.ts';
import type { AccessDeps } from '../deps.ts';
import { withNames } from './names-in.ts';
import { listAuditLog } from './list-audit-log.ts';
import { type ActorEnv, forStaff } from '../middleware.ts';
import { presentAuditEntry } from '../present.ts';
import { auditEntrySchema, auditLogQuery } from './schemas.ts';

export function auditRoutes(deps: AccessDeps) {
  const manager = forStaff(deps, 'manager', 'Audit log');
  const list = createRoute({
    ...manager.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/audit-log',
    operationId: 'listAuditLog',
    summary: 'The audit log, newest first',
    description: 'Entries that match all filters. Send the same filters with a cursor.',
    request: { params: organizerParams, query: auditLogQuery },
    responses: { 200: answer(listOf(auditEntrySchema), 'Entries.'), ...problems(400, 401, 403, 404) },
  });

  return createRouter<ActorEnv>().openapi(list, async (c) => {
    const { cursor, limit, ...filter } = c.req.valid('query');
    const beforeId = cursor === undefined ? undefined : auditIdOf(cursor);
    const { organizerId } = c.var.actor;
    const rows = await listAuditLog(deps, { ...filter, organizerId, beforeId, limit });
    const named = await withNames(deps.findNames, organizerId, rows);
    return c.json(
      page(named, limit, presentAuditEntry, ({ id }) => [String(id)]),
      200,
    );
  });
}

function auditIdOf(cursor: string): number {
  const [text = ''] = decodeCursor(cursor, ['number']);
  const id = Number(text);
  if (!Number.isSafeInteger(id)) throw cursorInvalid();
  return id;
}
