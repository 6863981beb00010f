import { Hono } from 'hono';
import type { Config } from './config.ts';
import { deadLetterRoutes } from './http/server/dead-letter-routes.ts';
import { problems } from './problems.ts';
import { switchRoutes } from './traffic-control/index.ts';

type SwitchRoutesDeps = Omit<Parameters<typeof switchRoutes>[0], 'problems' | 'token'>;

/** What operators change through the operations port of the API: switches and dead letters. Undefined without a token. */
export function operatorRoutes(
  service: SwitchRoutesDeps & { readonly config: Pick<Config, 'OPERATIONS_TOKEN'> },
): Hono | undefined {
  const { OPERATIONS_TOKEN: token } = service.config;
  if (token === undefined) return undefined;
  return new Hono()
    .route('/', switchRoutes({ ...service, problems, token }))
    .route('/', deadLetterRoutes({ ...service, problems, token }));
}
