import { createRouter } from '../http/contract/router.ts';
import type { CatalogDeps } from './deps.ts';
import { eventRoutes } from './events/routes.ts';
import { pictureRoutes } from './media/routes.ts';
import { profileRoutes } from './profile/routes.ts';
import { scheduleRoutes } from './schedule/routes.ts';
import { ticketCategoryRoutes } from './ticket-categories/routes.ts';

/** What organisers do in this room. */
export function organizerRoutes(deps: CatalogDeps) {
  return createRouter()
    .route('/', eventRoutes(deps))
    .route('/', pictureRoutes(deps))
    .route('/', profileRoutes(deps))
    .route('/', scheduleRoutes(deps))
    .route('/', ticketCategoryRoutes(deps));
}
