import type { Context } from 'hono';
import { createRouter } from '../http/router.ts';
import type { ActorEnv } from './middleware.ts';
import type { AccessDeps } from './deps.ts';
import { apiKeyRoutes } from './routes-api-keys.ts';
import { auditRoutes } from './routes-audit.ts';
import { deviceRoutes } from './routes-devices.ts';
import { linkRoutes } from './routes-links.ts';
import { sessionRoutes } from './routes-sessions.ts';
import { staffRoutes } from './routes-staff.ts';

/** Sign-in, invitations and resets; staff, API keys, devices and the audit log of an organiser. */
export function accessRoutes(deps: AccessDeps & { readonly networkOf: (c: Context) => string }) {
  return createRouter<ActorEnv>()
    .route('/', sessionRoutes(deps))
    .route('/', linkRoutes(deps))
    .route('/', staffRoutes(deps))
    .route('/', apiKeyRoutes(deps))
    .route('/', deviceRoutes(deps))
    .route('/', auditRoutes(deps));
}
