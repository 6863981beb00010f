import type { Service } from './compose.ts';
import { problems } from './problems.ts';
import { switchRoutes } from './traffic-control/index.ts';

/** What an operator may turn on the operations port; nothing without a token. */
export function operatorRoutes(service: Service) {
  const { OPERATIONS_TOKEN: token } = service.config;
  return token === undefined ? undefined : switchRoutes({ ...service, problems, token });
}
