import { createRoute, z } from '@hono/zod-openapi';
import { changeEventSchema } from '../../catalog/events/schemas.ts';
import type { Actors } from '../../access/index.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { createRouter } from '../../http/contract/router.ts';
import {
  answer,
  body,
  listOf,
  plainIdSchema,
  problems,
  timeSchema,
  organizerEventParams,
} from '../../http/contract/schemas.ts';
import type { Clock } from '../../platform/clock.ts';
import type { PreviewDeps } from '../announcements/preview.ts';
import { confirmationSchema, previewSchema, statesByChannelSchema } from '../announcements/schemas.ts';
import { cancelNotice, confirmNotice } from './confirm-notice.ts';
import { previewChange } from './preview-notice.ts';
import { listNotices, showNotice } from './show-notices.ts';
import { type EventNotice, noticeKinds } from './tables.ts';

export type NoticeRoutesDeps = PreviewDeps & { readonly actors: Actors; readonly clock: Clock };

const noticeParams = organizerEventParams.extend({ noticeId: plainIdSchema });
const noticeSchema = z
  .object({
    id: plainIdSchema,
    kind: z.enum(noticeKinds),
    status: z.enum(['held', 'waiting', 'sending', 'ended']).openapi({
      description:
        '`held`: waits for its confirmation. `waiting`: waits for its time. `ended`: completely sent, cancelled, or withdrawn.',
    }),
    createdAt: timeSchema,
    dueAt: timeSchema.nullable(),
    confirmedAt: timeSchema.nullable(),
    startedAt: timeSchema.nullable(),
    endedAt: timeSchema.nullable(),
  })
  .openapi('ChangeNotice');
const noticeListSchema = listOf(noticeSchema).openapi('ChangeNoticeList');
const recipientsSchema = z
  .object({ email: z.int(), whatsapp: z.int() })
  .openapi({ description: 'Orders: each has its own calendar entry.' });
const previewedChangeSchema = z
  .object({
    recipients: recipientsSchema,
    previews: z
      .array(previewSchema)
      .openapi({ description: 'How it reads in each language; empty if nobody is told of such a change.' }),
  })
  .openapi('PreviewedChange');
const plannedChangeSchema = z
  .strictObject({
    kind: z.enum(noticeKinds),
    ...changeEventSchema.pick({
      startsAt: true,
      endsAt: true,
      doorsOpenAt: true,
      timeZone: true,
      venue: true,
      address: true,
      city: true,
    }).shape,
  })
  .openapi('PlannedChange');
const shownNoticeSchema = noticeSchema
  .extend({
    recipients: recipientsSchema,
    previews: z.array(previewSchema),
    progress: statesByChannelSchema,
    confirmationToken: z
      .string()
      .nullable()
      .openapi({ description: 'Confirms exactly this preview; null if nothing is waiting.' }),
  })
  .openapi('ShownChangeNotice');

const ofEvent = '/v1/organizers/{slug}/events/{eventId}';
const path = `${ofEvent}/change-notices` as const;

function contracts(deps: NoticeRoutesDeps) {
  const manager = forStaff(deps, 'manager', 'Announcements');
  return {
    preview: createRoute({
      ...manager.json,
      method: 'post',
      path: `${ofEvent}/change-previews`,
      operationId: 'previewChange',
      summary: 'Preview the messages to holders about a change',
      description: 'Changes nothing. Times and place are those of the moved event; omitted fields stay as they are.',
      request: { params: organizerEventParams, body: body(plannedChangeSchema) },
      responses: { 200: answer(previewedChangeSchema, 'The messages.'), ...problems(400, 401, 403, 404) },
    }),
    list: createRoute({
      ...manager.plain,
      method: 'get',
      path,
      operationId: 'listChangeNotices',
      summary: 'The notices of an event about changes, newest first',
      request: { params: organizerEventParams },
      responses: { 200: answer(noticeListSchema, 'All notices.'), ...problems(400, 401, 403, 404) },
    }),
    show: createRoute({
      ...manager.plain,
      method: 'get',
      path: `${path}/{noticeId}`,
      operationId: 'showChangeNotice',
      summary: 'A notice, its recipients, and its text in both languages',
      request: { params: noticeParams },
      responses: { 200: answer(shownNoticeSchema, 'The notice.'), ...problems(400, 401, 403, 404) },
    }),
    confirm: createRoute({
      ...manager.json,
      method: 'post',
      path: `${path}/{noticeId}/confirmation`,
      operationId: 'confirmChangeNotice',
      summary: 'Confirm a previewed notice and send it now',
      description: '409 `announcement.preview_stale` if its text or its orders have changed since.',
      request: { params: noticeParams, body: body(confirmationSchema) },
      responses: { 202: answer(noticeSchema, 'On its way.'), ...problems(400, 401, 403, 404, 409) },
    }),
    cancel: createRoute({
      ...manager.plain,
      method: 'post',
      path: `${path}/{noticeId}/cancellation`,
      operationId: 'cancelChangeNotice',
      summary: 'Cancel a notice, so that nobody is told of the change',
      request: { params: noticeParams },
      responses: { 200: answer(noticeSchema, 'Cancelled.'), ...problems(400, 401, 403, 404, 409) },
    }),
  };
}

/** Changes of an event that its holders are told, before and while they are told. */
export function noticeRoutes(deps: NoticeRoutesDeps) {
  const { preview, list, show, confirm, cancel } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(preview, async (c) => {
      const { startsAt, endsAt, doorsOpenAt, ...change } = c.req.valid('json');
      const { recipients, previews } = await previewChange(deps, {
        organizerId: c.var.actor.organizerId,
        eventId: c.req.valid('param').eventId,
        change: { ...change, startsAt: timeOf(startsAt), endsAt: timeOf(endsAt), doorsOpenAt: timeOf(doorsOpenAt) },
      });
      return c.json({ recipients, previews: [...previews] }, 200);
    })
    .openapi(list, async (c) => {
      const { eventId } = c.req.valid('param');
      const rows = await listNotices(deps.db, { organizerId: c.var.actor.organizerId, eventId });
      return c.json({ data: rows.map(presentNotice), nextCursor: null }, 200);
    })
    .openapi(show, async (c) => {
      const { eventId, noticeId } = c.req.valid('param');
      const shown = await showNotice(deps, { organizerId: c.var.actor.organizerId, eventId, noticeId });
      const { previews, recipients, progress, confirmationToken } = shown;
      return c.json(
        { ...presentNotice(shown.notice), recipients, previews: [...previews], progress, confirmationToken },
        200,
      );
    })
    .openapi(confirm, async (c) => {
      const { eventId, noticeId } = c.req.valid('param');
      const { confirmationToken } = c.req.valid('json');
      const row = await confirmNotice(deps, { actor: c.var.actor, eventId, noticeId, confirmationToken });
      return c.json(presentNotice(row), 202);
    })
    .openapi(cancel, async (c) => {
      const { eventId, noticeId } = c.req.valid('param');
      return c.json(presentNotice(await cancelNotice(deps, { actor: c.var.actor, eventId, noticeId })), 200);
    });
}

const timeOf = (text: string | undefined) => (text === undefined ? undefined : new Date(text));

function presentNotice(row: EventNotice) {
  const waiting = row.isHeld ? ('held' as const) : ('waiting' as const);
  const open = row.startedAt === null ? waiting : ('sending' as const);
  return {
    id: row.id,
    kind: row.kind,
    status: row.endedAt === null ? open : ('ended' as const),
    createdAt: row.createdAt.toISOString(),
    dueAt: row.isHeld ? null : row.dueAt.toISOString(),
    confirmedAt: row.confirmedAt?.toISOString() ?? null,
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}
