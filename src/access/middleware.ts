import type { Context, MiddlewareHandler } from 'hono';
import type { AppEnv } from '../http/contract/router.ts';
import { DomainError } from '../platform/errors.ts';
import { type Actor, type Role, atLeast } from './actor.ts';
import type { Actors } from './actors.ts';
import { bearerOf } from './credentials/credential.ts';
import { forbidden, unauthenticated } from './errors.ts';

/** What a handler behind `requireRole` or `requireActor` may read. */
export type ActorEnv = AppEnv & { Variables: { actor: Actor } };

type Deps = { readonly actors: Actors };

/**
 * For `/v1/organizers/:slug/...`: admits actors of this organiser with at least this role, and never devices.
 * @throws DomainError access.unauthenticated, request.not_found (also for another organiser's slug), access.forbidden
 */
export function requireRole(deps: Deps, role: Role): MiddlewareHandler<ActorEnv> {
  return async (c, next) => {
    const actor = await actorOf(deps, c);
    if (actor.organizerSlug !== c.req.param('slug')) {
      throw new DomainError('request.not_found', 'There is nothing at this address.');
    }
    if (actor.kind === 'device' || !atLeast(actor, role)) throw forbidden();
    c.set('actor', actor);
    await next();
  };
}

/**
 * For routes outside of an organiser's path: admits any live session, API key or device.
 * @throws DomainError access.unauthenticated
 */
export function requireActor(deps: Deps): MiddlewareHandler<ActorEnv> {
  return async (c, next) => {
    c.set('actor', await actorOf(deps, c));
    await next();
  };
}

async function actorOf(deps: Deps, c: Context): Promise<Actor> {
  const credential = bearerOf(c.req.header('authorization'));
  const actor = credential === undefined ? undefined : await deps.actors.of(credential);
  if (actor === undefined) throw unauthenticated();
  return actor;
}
