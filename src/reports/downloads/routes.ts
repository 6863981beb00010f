import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { jsonBody } from '../../http/contract/json-body.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems } from '../../http/contract/schemas.ts';
import { byAnybody } from '../../http/contract/security.ts';
import { ownReport } from '../requests/queries.ts';
import { reportParams } from '../requests/schemas.ts';
import type { ReportRoutesDeps } from '../deps.ts';
import { createDownloadGate } from './download-gate.ts';
import { type OpenedReport, openLinkedReport, openReport, refuseWithoutFile } from './open-report.ts';
import { linkExpiry, reportLink } from './report-link.ts';
import { downloadReportSchema, reportLinkSchema } from './schemas.ts';

const tags = ['Organizer: reports'];
const file = {
  description: 'The file.',
  content: {
    'text/csv': { schema: z.string() },
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { schema: z.string() },
  },
};

function contracts(deps: ReportRoutesDeps) {
  const manager = forStaff(deps, 'manager', 'Organizer: reports');
  return {
    download: createRoute({
      ...manager.plain,
      method: 'get',
      path: '/v1/organizers/{slug}/reports/{reportId}/file',
      operationId: 'downloadReport',
      summary: 'The file of a report',
      request: { params: reportParams },
      responses: { 200: file, ...problems(400, 401, 403, 404, 409, 410, 503) },
    }),
    link: createRoute({
      ...manager.plain,
      method: 'post',
      path: '/v1/organizers/{slug}/reports/{reportId}/links',
      operationId: 'createReportLink',
      summary: 'Create a link that opens the file for a day',
      description: 'It ends earlier if its creator loses the role, or if the file is deleted.',
      request: { params: reportParams },
      responses: { 201: answer(reportLinkSchema, 'The link.'), ...problems(400, 401, 403, 404, 409, 410, 503) },
    }),
    downloadLinked: createRoute({
      method: 'post',
      path: '/v1/report-downloads',
      tags,
      security: byAnybody,
      operationId: 'downloadLinkedReport',
      summary: 'The file of a report, by the token of its link',
      middleware: [jsonBody()] as const,
      request: { body: body(downloadReportSchema) },
      responses: { 200: file, ...problems(400, 404, 409, 410, 503) },
    }),
  };
}

/** Files of reports, for members and programs, and for the holders of links. */
export function downloadRoutes(deps: ReportRoutesDeps) {
  const { download, link, downloadLinked } = contracts(deps);
  const openDeps = { ...deps, downloadGate: createDownloadGate() };
  return createRouter<ActorEnv>()
    .openapi(download, async (c) => {
      const { kind, id, organizerId } = c.var.actor;
      // The role is checked, and devices have none.
      const reader = { kind: kind === 'staff' ? kind : 'api_key', id, organizerId } as const;
      return send(c, await openReport(openDeps, reader, c.req.valid('param').reportId));
    })
    .openapi(link, async (c) => {
      const report = await ownReport(deps.db, c.var.actor.organizerId, c.req.valid('param').reportId);
      refuseWithoutFile(report);
      const expiresAt = linkExpiry(deps.clock.now());
      const url = reportLink(deps.config, { reportId: report.id, actorId: c.var.actor.id, expiresAt });
      return c.json({ url, expiresAt: expiresAt.toISOString() }, 201);
    })
    .openapi(downloadLinked, async (c) => send(c, await openLinkedReport(openDeps, c.req.valid('json').token)));
}

function send(c: Context, { name, contentType, bytes, pieces }: OpenedReport) {
  return c.body(pieces, 200, {
    'content-type': contentType,
    'content-length': String(bytes),
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
  });
}
