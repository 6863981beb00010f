import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerEventParams, textHeader } from '../../http/contract/schemas.ts';
import { hotRequestOfContext } from '../../http/hot-path/hot-request.ts';
import type { CatalogDeps } from '../deps.ts';
import { organizerEventSchema } from '../events/schemas.ts';
import { showOrganizer } from '../events/show-event.ts';
import { pictureBytesMax } from '../limits.ts';
import { presentOrganizerEvent } from '../present.ts';
import type { EventRow } from '../queries.ts';
import { changePictureSchema, pictureQuery } from './schemas.ts';
import { changePicture, removePicture, setPicture } from './set-picture.ts';
import { centre } from './sizes.ts';

function contracts(deps: CatalogDeps) {
  const manager = forStaff(deps, 'manager', 'Events of an organiser');
  const path = '/v1/organizers/{slug}/events/{eventId}/picture';
  const event = (description: string) => ({
    200: { ...answer(organizerEventSchema, description), headers: { ETag: textHeader } },
    ...problems(400, 401, 403, 404, 409, 413, 415, 503),
  });
  return {
    set: createRoute({
      ...manager.plain,
      method: 'put',
      path,
      operationId: 'setPicture',
      summary: 'Give an event a picture',
      description: `The body is the file: JPEG, PNG, WebP or AVIF, at most ${pictureBytesMax} bytes and at least 960 by 600 pixels, not animated. It is re-encoded without metadata.`,
      request: {
        params: organizerEventParams,
        query: pictureQuery,
        body: {
          required: true as const,
          content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
        },
      },
      responses: event('The event with its picture.'),
    }),
    change: createRoute({
      ...manager.json,
      method: 'patch',
      path,
      operationId: 'changePicture',
      summary: 'Cut the picture around another focus, or describe it',
      request: { params: organizerEventParams, body: body(changePictureSchema) },
      responses: event('The event with its picture.'),
    }),
    remove: createRoute({
      ...manager.plain,
      method: 'delete',
      path,
      operationId: 'removePicture',
      summary: 'Show the event without a picture',
      request: { params: organizerEventParams },
      responses: event('The event without a picture.'),
    }),
  };
}

/** The picture of an event, for its organiser. */
export function pictureRoutes(deps: CatalogDeps) {
  const { set, change, remove } = contracts(deps);
  const send = async (c: Context, event: EventRow) =>
    c.json(presentOrganizerEvent(event, await showOrganizer(deps, event.organizerId)), 200, {
      etag: `"${event.version}"`,
    });
  return createRouter<ActorEnv>()
    .openapi(set, async (c) => {
      const { focusX: x = centre.x, focusY: y = centre.y, alt = '' } = c.req.valid('query');
      const of = { actor: c.var.actor, eventId: c.req.valid('param').eventId };
      const bytes = await hotRequestOfContext(c).bytes(pictureBytesMax);
      return send(c, await setPicture(deps, { ...of, bytes, focus: { x, y }, alt }));
    })
    .openapi(change, async (c) => {
      const of = { actor: c.var.actor, eventId: c.req.valid('param').eventId };
      return send(c, await changePicture(deps, { ...of, ...c.req.valid('json') }));
    })
    .openapi(remove, async (c) => {
      const of = { actor: c.var.actor, eventId: c.req.valid('param').eventId };
      return send(c, await removePicture(deps, of));
    });
}
