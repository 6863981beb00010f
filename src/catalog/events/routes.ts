import { createRoute } from '@hono/zod-openapi';
import { eventsOf } from '../../access/actor.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { decodeCursor, page } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import {
  answer,
  body,
  problems,
  organizerEventParams,
  organizerParams,
  textHeader,
} from '../../http/contract/schemas.ts';
import { requestInvalid } from '../../platform/errors.ts';
import { cancelEvent } from './cancel-event.ts';
import { changeEvent } from './change-event.ts';
import { createEvent } from './create-event.ts';
import type { CatalogDeps } from '../deps.ts';
import { presentOrganizerEvent } from '../present.ts';
import { postponeEvent, resumeEvent } from './postpone-event.ts';
import { publishEvent, showReadiness } from './publish-event.ts';
import { type EventRow, listEventsOfOrganizer } from '../queries.ts';
import {
  changeEventSchema,
  createEventSchema,
  ifMatchHeaders,
  organizerEventSchema,
  organizerEventsQuery,
  organizerEventsSchema,
  readinessSchema,
  salesSchema,
} from './schemas.ts';
import { setSales } from './set-sales.ts';
import { showOrganizer, showOrganizerEvent } from './show-event.ts';
import { unpublishEvent } from './unpublish-event.ts';
import { inputFault } from '../../platform/field-faults.ts';

const eventPath = '/v1/organizers/{slug}/events/{eventId}';

function contracts(deps: CatalogDeps) {
  const manager = forStaff(deps, 'manager', 'Events of an organiser');
  const one = (description: string) => ({
    200: { ...answer(organizerEventSchema, description), headers: { ETag: textHeader } },
    ...problems(400, 401, 403, 404, 409),
  });
  return {
    create: createRoute({
      ...manager.json,
      method: 'post',
      path: '/v1/organizers/{slug}/events',
      operationId: 'createEvent',
      summary: 'Create an event as a draft',
      description: 'The slug and the currency cannot be changed later.',
      request: { params: organizerParams, body: body(createEventSchema) },
      responses: {
        201: { ...answer(organizerEventSchema, 'Created.'), headers: { Location: textHeader, ETag: textHeader } },
        ...problems(400, 401, 403, 404, 409),
      },
    }),
    list: createRoute({
      ...forStaff(deps, 'manager', 'Events of an organiser', { isLimitedInside: true }).plain,
      method: 'get',
      path: '/v1/organizers/{slug}/events',
      operationId: 'listOrganizerEvents',
      summary: 'All events, including drafts: upcoming first, past last',
      request: { params: organizerParams, query: organizerEventsQuery },
      responses: { 200: answer(organizerEventsSchema, 'A page of events.'), ...problems(400, 401, 403, 404) },
    }),
    show: createRoute({
      ...manager.plain,
      method: 'get',
      path: eventPath,
      operationId: 'showOrganizerEvent',
      summary: 'An event with its version',
      request: { params: organizerEventParams },
      responses: one('The event.'),
    }),
    change: createRoute({
      ...manager.json,
      method: 'patch',
      path: eventPath,
      operationId: 'changeEvent',
      summary: 'Change an event',
      description:
        'Send the version that you read, in the body or as If-Match. If the event has a later one, the response is 409 `event.changed_meanwhile`. ' +
        'If the date changes, entry times of categories, times of gates and the schedule move along, unless they already fit the new date.',
      request: { params: organizerEventParams, headers: ifMatchHeaders, body: body(changeEventSchema) },
      responses: one('Changed.'),
    }),
    readiness: createRoute({
      ...manager.plain,
      method: 'get',
      path: '/v1/organizers/{slug}/events/{eventId}/publication',
      operationId: 'showReadiness',
      summary: 'The unmet requirements for publishing the event',
      request: { params: organizerEventParams },
      responses: {
        200: answer(readinessSchema, 'What is missing; nothing for an event that may be published.'),
        ...problems(400, 401, 403, 404),
      },
    }),
    publish: createRoute({
      ...manager.plain,
      method: 'post',
      path: '/v1/organizers/{slug}/events/{eventId}/publication',
      operationId: 'publishEvent',
      summary: 'Show the event to the public',
      description: '409 `event.not_publishable` lists unmet requirements in `missing`.',
      request: { params: organizerEventParams },
      responses: one('Published.'),
    }),
    unpublish: createRoute({
      ...manager.plain,
      method: 'delete',
      path: '/v1/organizers/{slug}/events/{eventId}/publication',
      operationId: 'unpublishEvent',
      summary: 'Unpublish the event, if nothing was ordered',
      request: { params: organizerEventParams },
      responses: one('A draft again.'),
    }),
    cancel: createRoute({
      ...manager.plain,
      method: 'post',
      path: '/v1/organizers/{slug}/events/{eventId}/cancellation',
      operationId: 'cancelEvent',
      summary: 'Cancel the event permanently',
      request: { params: organizerEventParams },
      responses: one('Cancelled.'),
    }),
    postpone: createRoute({
      ...manager.plain,
      method: 'post',
      path: '/v1/organizers/{slug}/events/{eventId}/postponement',
      operationId: 'postponeEvent',
      summary: 'Postpone the event without a new date',
      description: 'Closes the sales. Tickets stay valid. A new `startsAt` ends the postponement.',
      request: { params: organizerEventParams },
      responses: one('Postponed.'),
    }),
    resume: createRoute({
      ...manager.plain,
      method: 'delete',
      path: '/v1/organizers/{slug}/events/{eventId}/postponement',
      operationId: 'resumeEvent',
      summary: 'Let a postponed event take place on its old date',
      description: 'Sales stay closed until they are opened.',
      request: { params: organizerEventParams },
      responses: one('No longer postponed.'),
    }),
    sales: createRoute({
      ...manager.json,
      method: 'put',
      path: '/v1/organizers/{slug}/events/{eventId}/sales',
      operationId: 'setSales',
      summary: 'Open or close all sales at once',
      request: { params: organizerEventParams, body: body(salesSchema) },
      responses: one('Set.'),
    }),
  };
}

export function eventRoutes(deps: CatalogDeps) {
  const contract = contracts(deps);
  const present = async (event: EventRow) => presentOrganizerEvent(event, await showOrganizer(deps, event.organizerId));
  return createRouter<ActorEnv>()
    .openapi(contract.create, async (c) => {
      const event = await createEvent(deps, c.var.actor, c.req.valid('json'));
      const location = `/v1/organizers/${c.var.actor.organizerSlug}/events/${event.id}`;
      return c.json(await present(event), 201, { location, etag: etagOf(event) });
    })
    .openapi(contract.list, async (c) => {
      const { cursor, limit, status } = c.req.valid('query');
      const [asOf = deps.clock.now().toISOString(), isOver = '0', rank = '0', id = ''] =
        cursor === undefined ? [] : decodeCursor(cursor, ['time', 'count', 'number', 'id']);
      const rows = await listEventsOfOrganizer(deps.db, c.var.actor.organizerId, {
        asOf,
        after: cursor === undefined ? undefined : { isOver: Number(isOver), rank, id },
        limit,
        status,
        eventIds: eventsOf(c.var.actor),
      });
      const organizer = await showOrganizer(deps, c.var.actor.organizerId);
      return c.json(
        page(
          rows,
          limit,
          (event) => presentOrganizerEvent(event, organizer),
          ({ place }) => [asOf, String(place.isOver), place.rank, place.id],
        ),
        200,
      );
    })
    .openapi(contract.show, async (c) => {
      const event = await showOrganizerEvent(deps, { actor: c.var.actor, eventId: c.req.valid('param').eventId });
      return c.json(await present(event), 200, { etag: etagOf(event) });
    })
    .openapi(contract.change, async (c) => {
      const { version: inBody, ...values } = c.req.valid('json');
      const version = expectedVersion(inBody, c.req.valid('header')['if-match']);
      const of = { actor: c.var.actor, eventId: c.req.valid('param').eventId };
      const event = await changeEvent(deps, { ...of, version, values });
      return c.json(await present(event), 200, { etag: etagOf(event) });
    })
    .openapi(contract.readiness, async (c) => {
      const of = { actor: c.var.actor, eventId: c.req.valid('param').eventId };
      return c.json({ missing: [...(await showReadiness(deps, of))] }, 200);
    })
    .openapi(contract.publish, async (c) => {
      const event = await publishEvent(deps, { actor: c.var.actor, eventId: c.req.valid('param').eventId });
      return c.json(await present(event), 200, { etag: etagOf(event) });
    })
    .openapi(contract.unpublish, async (c) => {
      const event = await unpublishEvent(deps, { actor: c.var.actor, eventId: c.req.valid('param').eventId });
      return c.json(await present(event), 200, { etag: etagOf(event) });
    })
    .openapi(contract.cancel, async (c) => {
      const event = await cancelEvent(deps, { actor: c.var.actor, eventId: c.req.valid('param').eventId });
      return c.json(await present(event), 200, { etag: etagOf(event) });
    })
    .openapi(contract.postpone, async (c) => {
      const event = await postponeEvent(deps, { actor: c.var.actor, eventId: c.req.valid('param').eventId });
      return c.json(await present(event), 200, { etag: etagOf(event) });
    })
    .openapi(contract.resume, async (c) => {
      const event = await resumeEvent(deps, { actor: c.var.actor, eventId: c.req.valid('param').eventId });
      return c.json(await present(event), 200, { etag: etagOf(event) });
    })
    .openapi(contract.sales, async (c) => {
      const of = { actor: c.var.actor, eventId: c.req.valid('param').eventId };
      const event = await setSales(deps, { ...of, ...c.req.valid('json') });
      return c.json(await present(event), 200, { etag: etagOf(event) });
    });
}

const etagOf = (event: EventRow) => `"${event.version}"`;

/** @throws DomainError request.invalid if the version that was read is missing, or header and body name different ones. */
function expectedVersion(inBody: number | undefined, ifMatch: string | undefined): number {
  const inHeader = ifMatch === undefined ? undefined : Number(/^\s*(?:W\/)?"(\d{1,9})"\s*$/.exec(ifMatch)?.[1]);
  if (inHeader !== undefined && (Number.isNaN(inHeader) || (inBody !== undefined && inBody !== inHeader))) {
    throw requestInvalid([inputFault('If-Match', 'version.mismatch')]);
  }
  const version = inBody ?? inHeader;
  if (version === undefined) {
    throw requestInvalid([inputFault('version', 'version.required')]);
  }
  return version;
}
