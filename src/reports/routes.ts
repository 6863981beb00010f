import { createRouter } from '../http/contract/router.ts';
import type { ReportRoutesDeps } from './deps.ts';
import { downloadRoutes } from './downloads/routes.ts';
import { requestRoutes } from './requests/routes.ts';
import { scheduleRoutes } from './schedules/routes.ts';

export function reportRoutes(deps: ReportRoutesDeps) {
  return createRouter()
    .route('/', requestRoutes(deps))
    .route('/', downloadRoutes(deps))
    .route('/', scheduleRoutes(deps));
}
