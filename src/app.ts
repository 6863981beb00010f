import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, Next } from 'hono';
import { cors } from 'hono/cors';
import { pictureFileRoutes } from './catalog/index.ts';
import type { Service } from './compose.ts';
import { contractOf } from './contract.ts';
import { apiDocs } from './http/contract/api-docs.ts';
import { responseOf } from './http/hot-path/answer.ts';
import { headLength } from './http/server/head-length.ts';
import { hotRequestOfContext } from './http/hot-path/hot-request.ts';
import { createHotRoutes } from './http/hot-path/hot-routes.ts';
import { handleError } from './http/problem.ts';
import { refusalForAnyPage } from './http/public-cache/response.ts';
import { requestContext } from './http/request-context.ts';
import { preflightRouteOf } from './http/contract/route-template.ts';
import { type AppEnv, createRouter } from './http/contract/router.ts';
import { wellFormedTarget } from './http/server/well-formed-target.ts';
import { scanHotRoute } from './check-in/routes.ts';
import { placementHotRoute } from './orders/placement/routes.ts';
import { callbackRoutes, hotCallbacks } from './payments/callbacks/routes.ts';
import { gatewayPlugins } from './payments/index.ts';
import { DomainError } from './platform/errors.ts';
import { problems } from './problems.ts';
import { limitCallbackFailures } from './traffic-control/limits/callback-failures.ts';
import { isStranger, trafficControl } from './traffic-control/middleware.ts';
import { passHotRoute } from './waiting-room/places/pass-routes.ts';
import { joinHotRoute } from './waiting-room/places/routes.ts';
import { webRoutes } from './web/routes.ts';
import { linkCardRoutes } from './web/server/link-card-routes.ts';
import { builtFiles, createAssets } from './web/server/files/assets.ts';
import { createSharedFiles } from './web/server/files/shared-files.ts';
import { refusalPages } from './web/server/refusal-pages.ts';
import { deskRoutes } from './web/server/desk/routes.ts';
import { createRoutes } from './api-routes.ts';

const exposedHeaders = ['etag', 'location', 'retry-after', 'idempotent-replayed', 'ratelimit', 'ratelimit-policy'];

/**
 * The app on one screen. `take` answers public reads from memory, the hot writes and the gateways' callbacks on the
 * connection, without the router. In the router, public reads from memory come first, before anything else runs; then
 * overload and limits; then the gateways' callbacks; then the request's id and log line, and the routes.
 */
export function createApp(service: Service) {
  const { config, log, publicReads } = service;
  const app = createRouter();
  const renderError = handleError(problems, log);
  app.onError(async (error, c) => {
    const refusal = isStranger(c) ? undefined : await service.refuseFailure(error, hotRequestOfContext(c));
    return refusal === undefined ? renderError(error, c) : responseOf(refusal);
  });
  app.notFound((c) => renderError(new DomainError('request.not_found', 'There is nothing at this address.'), c));
  app.use(headLength());
  const assetsOnce = createAssets();
  app.use(refusalPages(assetsOnce));
  useTrafficControl(app, service);
  app.use(wellFormedTarget());
  app.route('/', callbackRoutes(service));
  app.use(requestContext(log));
  app.route('/', createRoutes(service));
  app.route(
    '/',
    apiDocs(() => contractOf(app, config.PUBLIC_URL), problems),
  );
  app.route(
    '/',
    deskRoutes({
      callApi: (request, bindings) => app.fetch(request, bindings),
      assetsOnce,
      clock: service.clock,
      publicUrl: config.PUBLIC_URL,
      hashSecret: config.HASH_SECRET,
      gateway: gatewayPlugins[0],
      isSignUpOpen: config.SELF_SIGN_UP,
    }),
  );
  app.route('/', pictureFileRoutes(service));
  app.route('/', linkCardRoutes(service));
  const sharedFiles = createSharedFiles({ redis: service.redis, key: config.HASH_SECRET, own: builtFiles() });
  app.route(
    '/',
    webRoutes({ publicReads, assetsOnce, sharedFiles, publicUrl: service.publicUrl, clock: service.clock }),
  );
  const hotRoutes = createHotRoutes({
    routes: [placementHotRoute(service), joinHotRoute(service), passHotRoute(service), scanHotRoute(service)],
    decide: service.decide,
    refuseFailure: service.refuseFailure,
    log,
    problems,
    crossOrigin: crossOriginFields(config.CORS_ALLOW_ORIGINS),
  });
  const limitFailures = limitCallbackFailures(service.traffic, service.clientNetwork);
  const callbacks = hotCallbacks({ ...service, limitFailures });
  return {
    /** The routes of the router, including those of middleware. */
    routes: app.routes,
    shareFiles: sharedFiles.share,
    take: (incoming: IncomingMessage, outgoing: ServerResponse): boolean =>
      publicReads.take(incoming, outgoing) || hotRoutes.take(incoming, outgoing) || callbacks.take(incoming, outgoing),
    fetch: (request: Request, env?: { incoming?: IncomingMessage }): Response | Promise<Response> =>
      publicReads.fetch(request) ?? app.fetch(request, env),
  };
}

/**
 * Overload and limits, with the headers for pages of other origins around them, so that our own page there can read a
 * refusal too. A preflight is limited like every request before it is answered.
 */
function useTrafficControl(
  app: OpenAPIHono<AppEnv>,
  { config, traffic, decide, clientNetwork, publicReads }: Service,
): void {
  const origins = config.CORS_ALLOW_ORIGINS;
  const allowed = (origin: string) => (mayRead(origins, origin) ? origin : null);
  const crossOrigin =
    origins.length === 0 ? undefined : cors({ origin: allowed, exposeHeaders: [...exposedHeaders], maxAge: 600 });
  app.use((c, next) => {
    if (publicReads.serves(c.req.method, c.req.path)) return openToAnyPage(c, next);
    return crossOrigin === undefined || c.req.method === 'OPTIONS' ? next() : crossOrigin(c, next);
  });
  app.use(trafficControl(traffic, decide, clientNetwork, preflightRouteOf(app)));
  if (crossOrigin !== undefined) app.use((c, next) => (c.req.method === 'OPTIONS' ? crossOrigin(c, next) : next()));
}

/**
 * Any page may make public reads, and may read why one was refused. A field that depends on the caller would keep every
 * cache from storing the answers.
 */
async function openToAnyPage(c: Context, next: Next): Promise<void> {
  await next();
  if (c.res.status < 400) return;
  for (const [name, value] of Object.entries(refusalForAnyPage)) c.res.headers.set(name, value);
}

function mayRead(origins: readonly string[], origin: string): boolean {
  return origins.includes(origin) || origins.includes('*');
}

/** The headers by which pages of other origins may read an answer; the router's answers get the same fields. */
function crossOriginFields(origins: readonly string[]) {
  if (origins.length === 0) return () => undefined;
  const always = { 'access-control-expose-headers': exposedHeaders.join(','), vary: 'Origin' };
  return (origin: string | undefined): Readonly<Record<string, string>> =>
    origin !== undefined && mayRead(origins, origin) ? { 'access-control-allow-origin': origin, ...always } : always;
}
