import { Hono } from 'hono';
import { organizerOperatorRoutes } from './access/staff/operator-routes.ts';
import type { Config } from './config.ts';
import { deadLetterRoutes } from './http/server/dead-letter-routes.ts';
import { alertRoutes } from './notifications/index.ts';
import { problems } from './problems.ts';
import { switchRoutes } from './traffic-control/index.ts';
import { createAssets } from './web/server/files/assets.ts';
import { operatorPages } from './web/server/operator/routes.ts';

type Service = Omit<Parameters<typeof switchRoutes>[0], 'problems' | 'token'> &
  Omit<Parameters<typeof organizerOperatorRoutes>[0], 'problems' | 'token'> & {
    readonly config: Pick<Config, 'OPERATIONS_TOKEN'> & Parameters<typeof alertRoutes>[0]['config'];
  };

/**
 * The operators' routes on the operations port of the API: switches, dead letters, organizers and alerts, and the pages
 * for them. Undefined without a token.
 */
export function operatorRoutes(service: Service): Hono | undefined {
  const { OPERATIONS_TOKEN: token } = service.config;
  if (token === undefined) return undefined;
  const api = new Hono()
    .route('/', switchRoutes({ ...service, problems, token }))
    .route('/', deadLetterRoutes({ ...service, problems, token }))
    .route('/', organizerOperatorRoutes({ ...service, problems, token }))
    .route('/', alertRoutes({ ...service, problems, token }));
  const callApi = (request: Request) => Promise.resolve(api.fetch(request));
  return new Hono().route('/', operatorPages({ callApi, assetsOnce: createAssets(), token })).route('/', api);
}
