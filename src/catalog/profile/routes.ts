import { createRoute } from '@hono/zod-openapi';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { jsonBody } from '../../http/contract/json-body.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, problems, organizerParams } from '../../http/contract/schemas.ts';
import type { CatalogDeps } from '../deps.ts';
import { setProfile, showProfile } from './profile.ts';
import { organizerProfileSchema } from './schemas.ts';

/** As much as the edge accepts: four texts in Latin letters. */
const profileBytesMax = 128 * 1024;

function contracts(deps: CatalogDeps) {
  const manager = forStaff(deps, 'manager', 'Organisers');
  const path = '/v1/organizers/{slug}/profile';
  const show = createRoute({
    ...manager.plain,
    method: 'get',
    path,
    operationId: 'showOrganizerProfile',
    summary: 'The profile of the organiser',
    request: { params: organizerParams },
    responses: { 200: answer(organizerProfileSchema, 'The profile.'), ...problems(400, 401, 403, 404) },
  });
  const set = createRoute({
    ...manager.with(jsonBody(profileBytesMax)),
    method: 'put',
    path,
    operationId: 'setOrganizerProfile',
    summary: 'Set the contact, the privacy notice and the terms that buyers see',
    description:
      'Replies to mails about orders go to `contact.email`. The texts have their own pages, to which checkout, order pages and mails ' +
      'link. They are plain text: a blank line begins a paragraph.',
    request: { params: organizerParams, body: body(organizerProfileSchema) },
    responses: { 200: answer(organizerProfileSchema, 'As it is now.'), ...problems(400, 401, 403, 404) },
  });
  return { show, set };
}

/** The profile of an organiser, for its staff. */
export function profileRoutes(deps: CatalogDeps) {
  const { show, set } = contracts(deps);
  return createRouter<ActorEnv>()
    .openapi(show, async (c) => c.json(await showProfile(deps, c.var.actor.organizerId), 200))
    .openapi(set, async (c) =>
      c.json(await setProfile(deps, { actor: c.var.actor, profile: c.req.valid('json') }), 200),
    );
}
