import { createRoute } from '@hono/zod-openapi';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { type Role, actorAt, atLeast, worksAt } from '../access/actor.ts';
import type { Actors } from '../access/actors.ts';
import { bearerOf } from '../access/credentials/credential.ts';
import { type ActorEnv, forStaff, requireActor } from '../access/middleware.ts';
import type { PublicReadServer } from '../catalog/index.ts';
import { findActorEvent } from '../check-in/index.ts';
import { eventParams as doorParams } from '../check-in/schemas.ts';
import type { Config } from '../config.ts';
import { createRouter } from '../http/contract/router.ts';
import { problems, slugParams } from '../http/contract/schemas.ts';
import { byAnybody, byDoor, byOrder } from '../http/contract/security.ts';
import { typedAnswer } from '../http/contract/typed-answer.ts';
import { ownEvent } from '../orders/index.ts';
import { ownOrder, shownLink } from '../orders/buyer/order-access.ts';
import { orderParams } from '../orders/buyer/schemas.ts';
import { eventParams } from '../orders/schemas.ts';
import type { Db } from '../platform/database/db.ts';
import type { FigureKinds } from './figure-kinds.ts';
import type { Hub } from './hub.ts';
import { topicOf } from './messages.ts';
import { lastEventIdHeader, liveOrderSchema, liveSalesSchema, streamEvent } from './schemas.ts';
import { type StreamRequest, streamHeaders } from './stream.ts';

type Deps = {
  readonly db: Db;
  readonly actors: Actors;
  readonly config: Pick<Config, 'ORDER_TOKEN_SECRET' | 'PUBLIC_URL'>;
  readonly publicReads: Pick<PublicReadServer, 'answer'>;
  readonly networkOf: (c: Context) => string;
  readonly live: { readonly open: Hub['open']; readonly figures: FigureKinds };
};

const tags = ['Live'];
/** @param body the schema of the bodies (`data`) of its events, by its name in the contract */
const stream = (body?: 'LiveOrder' | 'LiveSales' | 'CheckInSummary') => ({
  200: {
    description: 'The stream; the schema is that of one event.',
    content: { 'text/event-stream': { schema: streamEvent(body) } },
  },
});
const rules =
  'Server-sent events. `snapshot` says that what follows is the present state: read again what you know from elsewhere. `paused` says ' +
  'that nothing comes for now: ask for yourself until the next `snapshot`. A client that names the last id it has received in ' +
  '`Last-Event-ID` within five minutes misses nothing. Everything here can be asked for as well.';

function contracts(deps: Deps) {
  const manager = forStaff(deps, 'manager', 'Live');
  const event = createRoute({
    method: 'get',
    path: '/v1/events/{slug}/stream',
    tags,
    operationId: 'streamEvent',
    security: byAnybody,
    summary: 'Availability and waiting room of an event, live',
    description: `${rules} The events \`availability\` and \`queue\` have the bodies of the public reads of these names.`,
    request: { params: slugParams, headers: lastEventIdHeader },
    responses: { ...stream(), ...problems(400, 404, 429, 503) },
  });
  const order = createRoute({
    method: 'get',
    path: '/v1/orders/{id}/stream',
    tags,
    operationId: 'streamOrder',
    security: byOrder,
    summary: 'Changes of an order, live',
    description: `${rules} The event \`order\` has the body \`LiveOrder\`.`,
    request: { params: orderParams, headers: lastEventIdHeader },
    responses: { ...stream('LiveOrder'), ...problems(400, 404, 429, 503) },
  });
  const door = createRoute({
    method: 'get',
    path: '/v1/events/{id}/check-ins/stream',
    tags,
    operationId: 'streamCheckIns',
    security: byDoor,
    summary: 'The counters of a door, live',
    description: `${rules} The event \`counters\` has the body of \`GET /v1/events/{id}/check-ins/summary\`.`,
    middleware: [requireActor(deps)] as const,
    request: { params: doorParams, headers: lastEventIdHeader },
    responses: { ...stream('CheckInSummary'), ...problems(400, 401, 403, 404, 429, 503) },
  });
  const sales = createRoute({
    ...manager.plain,
    method: 'get',
    path: '/v1/organizers/{slug}/events/{eventId}/sales/stream',
    operationId: 'streamSales',
    summary: 'The sale of an event, live',
    description: `${rules} The event \`sales\` has the body \`LiveSales\`; after a reconnect all that were missed are sent.`,
    request: { params: eventParams, headers: lastEventIdHeader },
    responses: { ...stream('LiveSales'), ...problems(400, 401, 403, 404, 429, 503) },
  });
  return { event, order, door, sales };
}

/** The live streams. Each is answered on its connection, so that an open one costs little. */
export function liveRoutes(deps: Deps) {
  const { event, order, door, sales } = contracts(deps);
  const { live } = deps;
  const router = createRouter<ActorEnv>();
  router.openAPIRegistry.register('LiveOrder', liveOrderSchema);
  router.openAPIRegistry.register('LiveSales', liveSalesSchema);
  return router
    .openapi(event, async (c) => {
      const { slug } = c.req.valid('param');
      const shown = await deps.publicReads.answer(new Request(c.req.url), (reads) => reads.event(slug));
      if (!shown.ok) return typedAnswer(shown);
      const { id } = (await shown.json()) as { id: string };
      return open(c, deps, {
        kind: 'event',
        topic: topicOf('event', id),
        figures: () => live.figures.ofEvent(id, slug),
      });
    })
    .openapi(order, async (c) => {
      const { version } = shownLink(c, deps, c.req.valid('param').id);
      const orderId = await ownOrder(c, deps, c.req.valid('param').id);
      const topic = topicOf('order', orderId);
      return open(c, deps, { kind: 'order', topic, credential: topic, linkVersion: version });
    })
    .openapi(door, async (c) => {
      const { id } = await findActorEvent(deps, c.var.actor, c.req.valid('param').id);
      return open(c, deps, {
        kind: 'door',
        topic: topicOf('door', id),
        figures: () => live.figures.ofDoor(id),
        credential: `actor:${c.var.actor.id}`,
        isAllowed: stillOf(c, deps, 'door', id),
      });
    })
    .openapi(sales, async (c) => {
      const own = await ownEvent(deps.db, c.var.actor, c.req.valid('param').eventId);
      return open(c, deps, {
        kind: 'sales',
        topic: topicOf('sales', own.id),
        figures: () => live.figures.ofSales(own),
        credential: `actor:${c.var.actor.id}`,
        isAllowed: stillOf(c, deps, 'manager', own.id),
      });
    });
}

/** Answers on the connection with the headers that the middleware has set. */
function open(c: Context, deps: Deps, request: Omit<StreamRequest, 'network' | 'lastEventId'>) {
  const head = c.body(null, 200, streamHeaders);
  const { outgoing } = (c.env ?? {}) as Partial<HttpBindings>;
  // A request from inside this process has no connection: its stream ends at once.
  if (c.req.method === 'HEAD' || outgoing === undefined || !('writeHead' in outgoing)) return typedAnswer<string>(head);
  deps.live.open(
    outgoing,
    { ...request, network: deps.networkOf(c), lastEventId: c.req.header('last-event-id') },
    Object.fromEntries(head.headers),
  );
  // A copy is a plain Response. The original has the server package's own class if that class had replaced the global
  // one by then, and would be written to the connection a second time.
  return typedAnswer<string>(RESPONSE_ALREADY_SENT.clone());
}

/** Checks later whether the credential of this request still belongs to somebody with the same rights at the event. */
function stillOf(c: Context<ActorEnv>, { actors }: Deps, role: Role, eventId: string): () => Promise<boolean> {
  const credential = bearerOf(c.req.header('authorization')) ?? '';
  const { organizerId } = c.var.actor;
  return async () => {
    const known = await actors.of(credential);
    if (known?.organizerId !== organizerId) return false;
    const actor = actorAt(known, eventId);
    return atLeast(actor, role) && worksAt(actor, eventId);
  };
}
