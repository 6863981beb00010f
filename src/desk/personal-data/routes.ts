import { createRoute } from '@hono/zod-openapi';
import type { Actors } from '../../access/index.ts';
import { type ActorEnv, forStaff } from '../../access/middleware.ts';
import { createRouter } from '../../http/contract/router.ts';
import { answer, body, organizerParams, problems } from '../../http/contract/schemas.ts';
import { personalDataAnswerSchema, personalDataSchema } from './schemas.ts';
import { type PersonalDataDeps, showPersonalData } from './show-personal-data.ts';

export type PersonalDataRoutesDeps = PersonalDataDeps & { readonly actors: Actors };

/** What an organiser keeps of one person. */
export function personalDataRoutes(deps: PersonalDataRoutesDeps) {
  const show = createRoute({
    ...forStaff(deps, 'manager', 'Organizer: orders').json,
    method: 'post',
    path: '/v1/organizers/{slug}/personal-data',
    operationId: 'showPersonalData',
    summary: 'Everything that is kept of one person, by email or phone',
    description:
      'For a person who asks what the organiser keeps (UU PDP 27/2022, articles 5 to 7). A POST, because an address must not be in a URL. ' +
      'The address is compared as a whole. The audit log records each request. Addresses of other people are masked. An unpaid order of the last half minute may be missing.',
    request: { params: organizerParams, body: body(personalDataSchema) },
    responses: {
      200: answer(personalDataAnswerSchema, 'All of it, as one document; its lists are empty if nothing is kept.'),
      ...problems(400, 401, 403, 404, 415, 503),
    },
  });
  return createRouter<ActorEnv>().openapi(show, async (c) =>
    c.json(await showPersonalData(deps, c.var.actor, c.req.valid('json')), 200),
  );
}
