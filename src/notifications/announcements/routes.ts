import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../access/index.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { decodeCursor, page } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerEventParams } from '../../http/contract/schemas.ts';
import { cancelAnnouncement, confirmAnnouncement } from './confirm-announcement.ts';
import { type AnnouncementDeps, draftAnnouncement } from './draft-announcement.ts';
import { setMessageSettings, showMessageSettings } from './message-settings.ts';
import { presentAnnouncement } from './present.ts';
import {
  announcementListSchema,
  announcementParams,
  announcementSchema,
  announcementsQuery,
  confirmationSchema,
  createAnnouncementSchema,
  draftedSchema,
  messageSettingsSchema,
  shownAnnouncementSchema,
} from './schemas.ts';
import { listAnnouncements, progressOf, showAnnouncement } from './show-announcements.ts';

export type AnnouncementRoutesDeps = AnnouncementDeps & { readonly actors: Actors };

const ofEvent = '/v1/organizers/{slug}/events/{eventId}';
const one = `${ofEvent}/announcements/{announcementId}` as const;

function contracts(deps: AnnouncementRoutesDeps) {
  const manager = forStaff(deps, 'manager', 'Announcements');
  return {
    draft: createRoute({
      ...manager.json,
      method: 'post',
      path: `${ofEvent}/announcements`,
      operationId: 'draftAnnouncement',
      summary: 'Draft and preview an announcement to the buyers of an event',
      description:
        'Nothing is sent. The response shows the number of addresses on each channel, the text in both languages, and the token that confirms exactly this.',
      request: { params: organizerEventParams, body: body(createAnnouncementSchema) },
      responses: { 201: answer(draftedSchema, 'A draft.'), ...problems(400, 401, 403, 404, 409) },
    }),
    list: createRoute({
      ...manager.plain,
      method: 'get',
      path: `${ofEvent}/announcements`,
      operationId: 'listAnnouncements',
      summary: 'The announcements of an event, including reminders, newest first',
      request: { params: organizerEventParams, query: announcementsQuery },
      responses: { 200: answer(announcementListSchema, 'A page of announcements.'), ...problems(400, 401, 403, 404) },
    }),
    show: createRoute({
      ...manager.plain,
      method: 'get',
      path: one,
      operationId: 'showAnnouncement',
      summary: 'An announcement and the states of its messages',
      request: { params: announcementParams },
      responses: { 200: answer(shownAnnouncementSchema, 'The announcement.'), ...problems(400, 401, 403, 404) },
    }),
    confirm: createRoute({
      ...manager.json,
      method: 'post',
      path: `${one}/confirmation`,
      operationId: 'confirmAnnouncement',
      summary: 'Confirm and send a previewed announcement',
      description:
        '409 `announcement.preview_stale` if its text or its recipients have changed since: draft it again. Repeating the same confirmation changes nothing.',
      request: { params: announcementParams, body: body(confirmationSchema) },
      responses: { 202: answer(announcementSchema, 'On its way.'), ...problems(400, 401, 403, 404, 409, 429) },
    }),
    cancel: createRoute({
      ...manager.plain,
      method: 'post',
      path: `${one}/cancellation`,
      operationId: 'cancelAnnouncement',
      summary: 'Drop a draft, or stop an announcement that is being sent',
      description: 'Messages that a provider has accepted stay sent.',
      request: { params: announcementParams },
      responses: { 200: answer(announcementSchema, 'Cancelled.'), ...problems(400, 401, 403, 404, 409) },
    }),
    showSettings: createRoute({
      ...manager.plain,
      method: 'get',
      path: `${ofEvent}/message-settings`,
      operationId: 'showMessageSettings',
      summary: 'The automatic messages of the event',
      request: { params: organizerEventParams },
      responses: { 200: answer(messageSettingsSchema, 'The settings.'), ...problems(400, 401, 403, 404) },
    }),
    setSettings: createRoute({
      ...manager.json,
      method: 'put',
      path: `${ofEvent}/message-settings`,
      operationId: 'setMessageSettings',
      summary: 'Set the automatic messages of the event',
      request: { params: organizerEventParams, body: body(messageSettingsSchema) },
      responses: { 200: answer(messageSettingsSchema, 'Set.'), ...problems(400, 401, 403, 404) },
    }),
  };
}

/** What an organiser tells the buyers of an event. */
export function announcementRoutes(deps: AnnouncementRoutesDeps) {
  const { draft, list, show, confirm, cancel, showSettings, setSettings } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(draft, async (c) => {
      const { eventId } = c.req.valid('param');
      const drafted = await draftAnnouncement(deps, { actor: c.var.actor, eventId, input: c.req.valid('json') });
      const { announcement, previews, confirmationToken } = drafted;
      return c.json({ ...presentAnnouncement(announcement), previews: [...previews], confirmationToken }, 201);
    })
    .openapi(list, async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const [before] = cursor === undefined ? [] : decodeCursor(cursor, ['count']);
      const rows = await listAnnouncements(deps.db, {
        organizerId: c.var.actor.organizerId,
        eventId: c.req.valid('param').eventId,
        before: before === undefined ? undefined : Number(before),
        limit,
      });
      return c.json(
        page(rows, limit, presentAnnouncement, ({ number }) => [String(number)]),
        200,
      );
    })
    .openapi(show, async (c) => {
      const row = await showAnnouncement(deps.db, {
        organizerId: c.var.actor.organizerId,
        ...c.req.valid('param'),
      });
      return c.json({ ...presentAnnouncement(row), progress: await progressOf(deps.db, row) }, 200);
    })
    .openapi(confirm, async (c) => {
      const { eventId, announcementId } = c.req.valid('param');
      const { confirmationToken } = c.req.valid('json');
      const of = { actor: c.var.actor, eventId, announcementId, confirmationToken };
      return c.json(presentAnnouncement(await confirmAnnouncement(deps, of)), 202);
    })
    .openapi(cancel, async (c) => {
      const { eventId, announcementId } = c.req.valid('param');
      const row = await cancelAnnouncement(deps, { actor: c.var.actor, eventId, announcementId });
      return c.json(presentAnnouncement(row), 200);
    })
    .openapi(showSettings, async (c) => {
      const { eventId } = c.req.valid('param');
      return c.json(await showMessageSettings(deps.db, { organizerId: c.var.actor.organizerId, eventId }), 200);
    })
    .openapi(setSettings, async (c) => {
      const { eventId } = c.req.valid('param');
      return c.json(
        await setMessageSettings(deps, { actor: c.var.actor, eventId, settings: c.req.valid('json') }),
        200,
      );
    });
}
