import { createRouter } from '../http/contract/router.ts';
import { type AttendeesDeps, attendeeRoutes } from './attendees/routes.ts';
import { type SaleFiguresDeps, saleFigureRoutes } from './sales/routes.ts';
import { type PersonalDataRoutesDeps, personalDataRoutes } from './personal-data/routes.ts';
import { type StoryDeps, storyRoutes } from './story/routes.ts';

/** All routes of this room. */
export function deskViewRoutes(deps: AttendeesDeps & SaleFiguresDeps & StoryDeps & PersonalDataRoutesDeps) {
  return createRouter()
    .route('/', storyRoutes(deps))
    .route('/', personalDataRoutes(deps))
    .route('/', attendeeRoutes(deps))
    .route('/', saleFigureRoutes(deps));
}
