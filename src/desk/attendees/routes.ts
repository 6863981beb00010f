import { createRoute, z } from '@hono/zod-openapi';
import type { Actors } from '../../access/index.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { idOfCursor, page, pageQuery } from '../../http/contract/pagination.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, listOf, problems, timeSchema } from '../../http/contract/schemas.ts';
import { eventParams } from '../../orders/schemas.ts';
import type { Db } from '../../platform/database/db.ts';
import { listAttendees, presences } from './list-attendees.ts';

const attendeesQuery = z.strictObject({
  ...pageQuery,
  orderId: z.string().max(100).optional(),
  ticketCategoryId: z.string().max(100).optional(),
  presence: z.enum(presences).optional().openapi({
    description: '`in`: inside now. `out`: was inside and left. `not_yet`: has a valid ticket and has not entered.',
  }),
});

const attendeeListSchema = listOf(
  z
    .object({
      ticketId: z.string(),
      orderId: z.string(),
      orderCode: z.string(),
      ticketCategoryId: z.string(),
      ticketCategory: z.string(),
      status: z.enum(['live', 'revoked']),
      name: z.string().openapi({ description: "The buyer's name." }),
      holderName: z.string().nullable().openapi({ description: "The holder's name, if the buyer gave one." }),
      email: z.string().optional(),
      phone: z.string().optional(),
      answers: z
        .array(z.object({ question: z.string(), value: z.string() }))
        .optional()
        .openapi({ description: "Answers to the organiser's questions, for the ticket and its order." }),
      presence: z.enum(presences),
      admittedAt: timeSchema.optional(),
      gate: z.string().nullable().optional(),
      entries: z.int().optional(),
    })
    .openapi('Attendee'),
).openapi('AttendeeList');

export type AttendeesDeps = { readonly db: Db; readonly actors: Actors };

/** Everybody with a ticket of an event. */
export function attendeeRoutes(deps: AttendeesDeps) {
  const door = forStaff(deps, 'door', 'Organizer: orders');
  const list = createRoute({
    ...door.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/events/{eventId}/attendees',
    operationId: 'listAttendees',
    summary: 'Everybody with a ticket, and whether they have entered',
    description:
      'The role door gets no email, phone or answers. A report of the kind `attendees` contains the whole list as a file.',
    request: { params: eventParams, query: attendeesQuery },
    responses: { 200: answer(attendeeListSchema, 'A page of attendees.'), ...problems(400, 401, 403, 404, 503) },
  });
  return createRouter<ActorEnv>().openapi(list, async (c) => {
    const { cursor, ...query } = c.req.valid('query');
    const after = idOfCursor(cursor);
    const rows = await listAttendees(deps, c.var.actor, { ...query, eventId: c.req.valid('param').eventId, after });
    return c.json(
      page(
        rows,
        query.limit,
        (row) => row,
        (row) => [row.ticketId],
      ),
      200,
    );
  });
}
