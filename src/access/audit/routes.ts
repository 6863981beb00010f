import { createRoute } from '@hono/zod-openapi';
import { cursorInvalid, decodeCursor, page } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, listOf, problems } from '../../http/contract/schemas.ts';
import type { AccessDeps } from '../deps.ts';
import { listAuditLog } from './list-audit-log.ts';
import { type ActorEnv, forStaff } from '../middleware.ts';
import { presentAuditEntry } from '../present.ts';
import { auditEntrySchema } from './schemas.ts';
import { listQuery, organizerParams } from '../schemas.ts';

export function auditRoutes(deps: AccessDeps) {
  const manager = forStaff(deps, 'manager', 'Audit log');
  const list = createRoute({
    ...manager.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/audit-log',
    operationId: 'listAuditLog',
    summary: 'Who changed what, newest first',
    request: { params: organizerParams, query: listQuery },
    responses: { 200: answer(listOf(auditEntrySchema), 'Entries.'), ...problems(400, 401, 403, 404) },
  });

  return createRouter<ActorEnv>().openapi(list, async (c) => {
    const { cursor, limit } = c.req.valid('query');
    const beforeId = cursor === undefined ? undefined : auditIdOf(cursor);
    const rows = await listAuditLog(deps, { organizerId: c.var.actor.organizerId, beforeId, limit });
    return c.json(
      page(rows, limit, presentAuditEntry, ({ id }) => [String(id)]),
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
