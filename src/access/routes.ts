import type { Context } from 'hono';
import { createRouter } from '../http/contract/router.ts';
import type { ActorEnv } from './middleware.ts';
import type { AccessDeps } from './deps.ts';
import { apiKeyRoutes, deviceRoutes } from './credentials/routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { linkRoutes } from './links/routes.ts';
import { sessionRoutes } from './sessions/routes.ts';
import { staffRoutes } from './staff/routes.ts';

/** Routes for sign-in, invitations and resets, and for an organiser's staff, API keys, devices and audit log. */
export function accessRoutes(deps: AccessDeps & { readonly networkOf: (c: Context) => string }) {
  return createRouter<ActorEnv>()
    .route('/', sessionRoutes(deps))
    .route('/', linkRoutes(deps))
    .route('/', staffRoutes(deps))
    .route('/', apiKeyRoutes(deps))
    .route('/', deviceRoutes(deps))
    .route('/', auditRoutes(deps));
}
