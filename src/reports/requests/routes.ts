import { createRoute } from '@hono/zod-openapi';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { idOfCursor, page } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerParams, textHeader } from '../../http/contract/schemas.ts';
import type { ReportRoutesDeps } from '../deps.ts';
import { cancelReport } from './cancel-report.ts';
import { presentReport } from './present.ts';
import { findReports, ownReport } from './queries.ts';
import { requestReport } from './request-report.ts';
import { listReportsQuery, reportListSchema, reportParams, reportSchema, requestReportSchema } from './schemas.ts';

function contracts(deps: ReportRoutesDeps) {
  const manager = forStaff(deps, 'manager', 'Organizer: reports');
  return {
    request: createRoute({
      ...manager.json,
      method: 'post',
      path: '/v1/organizers/{slug}/reports',
      operationId: 'requestReport',
      summary:
        'Request a file with attendees, orders, payments, refunds, entries of the ledger, check-ins or deliveries',
      description:
        'Files are made one after another. The requesting member gets a link by mail; programs poll `status` until it is `ready`.',
      request: { params: organizerParams, body: body(requestReportSchema) },
      responses: {
        202: { ...answer(reportSchema, 'It waits for its turn.'), headers: { Location: textHeader } },
        ...problems(400, 401, 403, 404, 409, 415, 503),
      },
    }),
    list: createRoute({
      ...manager.plain,
      method: 'get',
      path: '/v1/organizers/{slug}/reports',
      operationId: 'listReports',
      summary: 'Reports, newest first',
      request: { params: organizerParams, query: listReportsQuery },
      responses: { 200: answer(reportListSchema, 'A page of reports.'), ...problems(400, 401, 403, 404, 503) },
    }),
    show: createRoute({
      ...manager.plain,
      method: 'get',
      path: '/v1/organizers/{slug}/reports/{reportId}',
      operationId: 'showReport',
      summary: 'The progress of a report',
      request: { params: reportParams },
      responses: { 200: answer(reportSchema, 'The report.'), ...problems(400, 401, 403, 404, 503) },
    }),
    cancel: createRoute({
      ...manager.plain,
      method: 'post',
      path: '/v1/organizers/{slug}/reports/{reportId}/cancellation',
      operationId: 'cancelReport',
      summary: 'Cancel a waiting or running report',
      description: 'Idempotent.',
      request: { params: reportParams },
      responses: { 200: answer(reportSchema, 'It has ended.'), ...problems(400, 401, 403, 404, 409, 503) },
    }),
  };
}

/** Reports of an organizer: request one, see its progress, cancel it. */
export function requestRoutes(deps: ReportRoutesDeps) {
  const { request, list, show, cancel } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(request, async (c) => {
      const report = await requestReport(deps, c.var.actor, c.req.valid('json'));
      c.header('location', `/v1/organizers/${c.var.actor.organizerSlug}/reports/${report.id}`);
      return c.json(presentReport(report), 202);
    })
    .openapi(list, async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const before = idOfCursor(cursor);
      const found = await findReports(deps.db, { organizerId: c.var.actor.organizerId, before, limit });
      return c.json(
        page(found, limit, presentReport, ({ id }) => [id]),
        200,
      );
    })
    .openapi(show, async (c) =>
      c.json(presentReport(await ownReport(deps.db, c.var.actor.organizerId, c.req.valid('param').reportId)), 200),
    )
    .openapi(cancel, async (c) =>
      c.json(presentReport(await cancelReport(deps, c.var.actor, c.req.valid('param').reportId)), 200),
    );
}
