import { createRouter } from '../http/router.ts';
import type { CatalogDeps } from './deps.ts';
import { eventRoutes } from './routes-events.ts';
import { scheduleRoutes } from './routes-schedule.ts';
import { ticketCategoryRoutes } from './routes-ticket-categories.ts';

/** What organisers do in this room. */
export function organizerRoutes(deps: CatalogDeps) {
  return createRouter()
    .route('/', eventRoutes(deps))
    .route('/', scheduleRoutes(deps))
    .route('/', ticketCategoryRoutes(deps));
}
