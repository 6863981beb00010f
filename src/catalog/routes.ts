import { createRouter } from '../http/router.ts';
import type { CatalogDeps } from './deps.ts';
import { eventRoutes } from './routes-events.ts';
import { publicRoutes } from './routes-public.ts';
import { scheduleRoutes } from './routes-schedule.ts';
import { ticketCategoryRoutes } from './routes-ticket-categories.ts';
import type { PublicReadServer } from './serve-public-reads.ts';

/** All routes of the room: what the public reads, and what organisers do. */
export function catalogRoutes(deps: CatalogDeps & { readonly publicReads: PublicReadServer }) {
  return createRouter()
    .route('/', publicRoutes(deps.publicReads))
    .route('/', eventRoutes(deps))
    .route('/', scheduleRoutes(deps))
    .route('/', ticketCategoryRoutes(deps));
}
