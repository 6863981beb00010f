import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { jsonBody } from '../http/contract/json-body.ts';
import { type HotRequest, hotRequestOfContext } from '../http/hot-path/hot-request.ts';
import type { AppEnv } from '../http/contract/router.ts';
import { bySession, byStaff } from '../http/contract/security.ts';
import { DomainError } from '../platform/errors.ts';
import { eventIdOf, idPatterns } from '../platform/ids.ts';
import { type Actor, type Role, actorAt, atLeast, eventsOf, inRole, worksAt } from './actor.ts';
import type { Actors } from './actors.ts';
import { bearerOf } from './credentials/credential.ts';
import { scopesOf } from './credentials/key-scopes.ts';
import { eventNotFound, forbidden, orderNotFound, scopeMissing, unauthenticated } from './errors.ts';

/** What a handler behind `requireRole` or `requireActor` may read. */
export type ActorEnv = AppEnv & { Variables: { actor: Actor } };

type Deps = { readonly actors: Actors };

/**
 * For `/v1/organizers/:slug/...`: admits actors of this organiser with at least this role, and never devices. A member
 * who is limited to events is admitted where the address names one of them, or an order of one. Other events do not
 * exist for that member. The handler gets the actor with its rights at the event of the address.
 * @param options.isLimitedInside for an address without an event whose handler itself limits the answer to
 * `eventsOf(actor)`
 * @throws DomainError access.unauthenticated, request.not_found (also for another organiser's slug), access.forbidden,
 * event.not_found, order.not_found, access.scope_missing
 */
export function requireRole(
  deps: Deps,
  role: Role,
  options: { readonly isLimitedInside?: boolean } = {},
): MiddlewareHandler<ActorEnv> {
  return async (c, next) => {
    const isLasting = role === 'owner' && c.req.method !== 'GET';
    const known = await actorOf(deps.actors, hotRequestOfContext(c), isLasting ? 'now' : 'of');
    const eventId = eventNamed(c.req.param('eventId'), c.req.param('orderId'));
    const whole = options.isLimitedInside === true ? inRole(known, role) : known;
    const actor = eventId === undefined ? whole : actorAt(known, eventId);
    if (actor.organizerSlug !== c.req.param('slug')) {
      throw new DomainError('request.not_found', 'There is nothing at this address.');
    }
    if (actor.kind === 'device' || !atLeast(actor, role)) throw forbidden();
    checkScope(actor, c.req.method, routePath(c));
    if (eventsOf(actor) !== undefined && options.isLimitedInside !== true) {
      checkEvent(actor, c.req.param('eventId'), c.req.param('orderId'));
    }
    c.set('actor', actor);
    await next();
  };
}

/**
 * The common part of the contracts of an organiser's routes, to be spread into `createRoute`: the tag, the credential
 * and the least role. `plain` is for routes that read no JSON body, `json` for those that do, and `with` for those that
 * read it in another way. Only sessions have the role owner; API keys never do.
 */
export function forStaff(deps: Deps, role: Role, tag: string, options: { readonly isLimitedInside?: boolean } = {}) {
  const admit = requireRole(deps, role, options);
  const common = { tags: [tag], security: role === 'owner' ? bySession : byStaff };
  const plain: [typeof admit] = [admit];
  const reading = (body: MiddlewareHandler) => {
    const middleware: [typeof admit, MiddlewareHandler] = [admit, body];
    return { ...common, middleware };
  };
  return { plain: { ...common, middleware: plain }, json: reading(jsonBody()), with: reading };
}

/** The event of an address, if its id is well-formed. */
function eventNamed(eventId: string | undefined, orderId: string | undefined): string | undefined {
  if (eventId !== undefined) return idPatterns.event.test(eventId) ? eventId : undefined;
  return orderId !== undefined && idPatterns.order.test(orderId) ? eventIdOf(orderId) : undefined;
}

/** A malformed id is left to the route's own check, which refuses it for everybody. */
function checkEvent(actor: Actor, eventId: string | undefined, orderId: string | undefined): void {
  if (eventId === undefined && orderId === undefined) throw forbidden();
  if (eventId !== undefined && idPatterns.event.test(eventId) && !worksAt(actor, eventId)) throw eventNotFound();
  if (orderId !== undefined && idPatterns.order.test(orderId) && !worksAt(actor, eventIdOf(orderId))) {
    throw orderNotFound();
  }
}

/**
 * For routes outside of an organiser's path: admits any live session, API key or device.
 * @throws DomainError access.unauthenticated, access.scope_missing
 */
export function requireActor(deps: Deps): MiddlewareHandler<ActorEnv> {
  return async (c, next) => {
    c.set('actor', await admitActor(deps, hotRequestOfContext(c), routePath(c)));
    await next();
  };
}

/**
 * The same for a route of the hot path.
 * @param route the pattern of the route, which decides the scopes that an API key needs
 * @throws DomainError access.unauthenticated, access.scope_missing, access.forbidden
 */
export async function admitActor(
  { actors }: Deps,
  request: Pick<HotRequest, 'method' | 'header'>,
  route: string,
): Promise<Actor> {
  const actor = await actorOf(actors, request, 'of');
  checkScope(actor, request.method, route);
  return actor;
}

/** @throws DomainError access.scope_missing, access.forbidden */
function checkScope(actor: Actor, method: string, route: string): void {
  if (actor.kind !== 'api_key' || actor.scopes === undefined) return;
  const enough = scopesOf(method, route);
  if (enough.length === 0) throw forbidden();
  if (!enough.some((scope) => actor.scopes?.includes(scope))) throw scopeMissing(enough);
}

async function actorOf(actors: Actors, request: Pick<HotRequest, 'header'>, known: 'of' | 'now'): Promise<Actor> {
  const credential = bearerOf(request.header('authorization'));
  const actor = credential === undefined ? undefined : await actors[known](credential);
  if (actor === undefined) throw unauthenticated();
  return actor;
}
