import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { type ActorEnv, forStaff, requireRole } from '../../access/middleware.ts';
import { forbidden } from '../../access/errors.ts';
import { jsonBody } from '../../http/contract/json-body.ts';
import { idOfCursor, page, pageQuery } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerParams } from '../../http/contract/schemas.ts';
import { bySession } from '../../http/contract/security.ts';
import type { ReportRoutesDeps } from '../deps.ts';
import type { ReportSchedule } from '../tables.ts';
import { createSchedule } from './create-schedule.ts';
import { endSchedule } from './end-schedule.ts';
import { findSchedules } from './queries.ts';
import { createScheduleSchema, scheduleListSchema, scheduleParams, scheduleSchema } from './schemas.ts';

/** A mail goes to a person: programs make no schedules. */
const membersOnly: MiddlewareHandler<ActorEnv> = async (c, next) => {
  if (c.var.actor.kind !== 'staff') throw forbidden();
  await next();
};

function contracts(deps: ReportRoutesDeps) {
  const manager = forStaff(deps, 'manager', 'Organizer: reports');
  return {
    create: createRoute({
      method: 'post',
      path: '/v1/organizers/{slug}/report-schedules',
      tags: ['Organizer: reports'],
      security: bySession,
      operationId: 'createReportSchedule',
      summary: 'Create a schedule that makes a report every day or week',
      description:
        'Each report is mailed to the requesting member. The schedule ends when the member may no longer read reports.',
      middleware: [requireRole(deps, 'manager'), membersOnly, jsonBody()] as const,
      request: { params: organizerParams, body: body(createScheduleSchema) },
      responses: { 201: answer(scheduleSchema, 'Made.'), ...problems(400, 401, 403, 404, 409, 415, 503) },
    }),
    list: createRoute({
      ...manager.plain,
      method: 'get',
      path: '/v1/organizers/{slug}/report-schedules',
      operationId: 'listReportSchedules',
      summary: 'The active schedules',
      request: { params: organizerParams, query: z.strictObject(pageQuery) },
      responses: { 200: answer(scheduleListSchema, 'Schedules, oldest first.'), ...problems(400, 401, 403, 404, 503) },
    }),
    end: createRoute({
      ...manager.plain,
      method: 'delete',
      path: '/v1/organizers/{slug}/report-schedules/{scheduleId}',
      operationId: 'endReportSchedule',
      summary: 'End a schedule',
      request: { params: scheduleParams },
      responses: { 204: { description: 'Ended.' }, ...problems(400, 401, 403, 404, 503) },
    }),
  };
}

/** Reports that are made on a schedule. */
export function scheduleRoutes(deps: ReportRoutesDeps) {
  const { create, list, end } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(create, async (c) => {
      const { actor } = c.var;
      if (actor.kind !== 'staff') throw forbidden();
      return c.json(presentSchedule(await createSchedule(deps, actor, c.req.valid('json'))), 201);
    })
    .openapi(list, async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const after = idOfCursor(cursor);
      const found = await findSchedules(deps.db, { organizerId: c.var.actor.organizerId, after, limit });
      return c.json(
        page(found, limit, presentSchedule, ({ id }) => [id]),
        200,
      );
    })
    .openapi(end, async (c) => {
      await endSchedule(deps, c.var.actor, c.req.valid('param').scheduleId);
      return c.body(null, 204);
    });
}

function presentSchedule(schedule: ReportSchedule) {
  const { id, kind, format, eventId, covers, every, weekday, hour, timeZone, memberId } = schedule;
  return {
    id,
    kind,
    format,
    eventId,
    covers,
    every,
    weekday,
    hour,
    timeZone,
    memberId,
    nextRunAt: schedule.nextRunAt.toISOString(),
    lastRunAt: schedule.lastRunAt?.toISOString() ?? null,
    createdAt: schedule.createdAt.toISOString(),
  };
}
