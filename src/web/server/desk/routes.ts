import { Hono } from 'hono';
import { type DeskDeps, createAddPage } from './answer.ts';
import { eventDetailsPages } from './events/event-details.ts';
import { eventListPage } from './events/event-list.ts';
import { eventOverviewPage } from './events/event-overview.ts';
import { newEventPage } from './events/new-event.ts';
import { publicationPages } from './events/publication.ts';
import { signInRoutes } from './sign-in/routes.ts';

/**
 * The organiser's desk.
 *
 * Promises
 * 1. A page can do what the organiser's API can, and nothing else: it calls the API with the member's own session, so roles, limits,
 *    validation and the audit log are those of the API.
 * 2. Every page works without script. A form is sent by POST and answered with a redirect, or with the same page and its faults.
 * 3. Nothing changes for another site: the session's cookie is SameSite=Strict, a form must come from a page of ours and carry the
 *    session's form token.
 * 4. No cache keeps a page, and no script can read the session.
 */
export function deskRoutes(deps: DeskDeps): Hono {
  const routes = new Hono();
  const addPage = createAddPage(deps, routes);
  routes.route('/', signInRoutes(deps));
  for (const add of [eventListPage, newEventPage, eventOverviewPage, eventDetailsPages, publicationPages]) add(addPage);
  return routes;
}
