import { Hono } from 'hono';
import { z } from 'zod';
import { hotRequestOfContext } from '../../http/hot-path/hot-request.ts';
import { readJson } from '../../http/contract/json-body.ts';
import { idOfCursor, page, pageQuery } from '../../http/contract/pagination.ts';
import { parseInput } from '../../http/contract/router.ts';
import { emailSchema } from '../../http/contract/schemas.ts';
import { type ProblemCatalogue, handleError } from '../../http/problem.ts';
import { operatorOnly } from '../../http/server/operator-token.ts';
import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import type { Log } from '../../platform/log.ts';
import { createStaffLink } from '../links/create-staff-link.ts';
import { createOrganizerSchema } from '../schemas.ts';
import { createOrganizer } from './create-organizer.ts';
import { type ListedOrganizer, listOrganizers } from './list-organizers.ts';

const bodyBytesMax = 4096;
const listQuery = z.object(pageQuery);
const linkSchema = z.strictObject({ email: emailSchema });

type Deps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Pick<Config, 'HASH_SECRET' | 'PUBLIC_URL'>;
  readonly log: Log;
  readonly problems: ProblemCatalogue;
  readonly token: string;
};

/**
 * Organizers, on the operations port, with the operator's token:
 *
 *     GET  /organizers?cursor&limit      newest first, with the number of active owners
 *     POST /organizers                   creates one; the answer has the owner's link, which is not mailed
 *     POST /organizers/{slug}/links      a new link for a member whose mail does not arrive
 */
export function organizerOperatorRoutes(deps: Deps): Hono {
  const app = new Hono();
  app.onError(handleError(deps.problems, deps.log));
  app.use('/organizers/*', operatorOnly(deps.token));
  app.get('/organizers', async (c) => {
    const { cursor, limit } = parseInput(listQuery, c.req.query());
    const beforeId = idOfCursor(cursor);
    const rows = await listOrganizers(deps.db, { beforeId, limit });
    return c.json(page(rows, limit, presentOrganizer, ({ id }) => [id]));
  });
  app.post('/organizers', async (c) => {
    const input = parseInput(createOrganizerSchema, await readJson(hotRequestOfContext(c), bodyBytesMax));
    const { organizerId, link, expiresAt } = await createOrganizer(deps, input);
    deps.log.warn({ organizerId }, 'an operator created an organiser');
    return c.json({ id: organizerId, link, expiresAt: expiresAt.toISOString() }, 201, { 'cache-control': 'no-store' });
  });
  app.post('/organizers/:slug/links', async (c) => {
    const { email } = parseInput(linkSchema, await readJson(hotRequestOfContext(c), bodyBytesMax));
    const organizerSlug = c.req.param('slug');
    const { purpose, link, expiresAt } = await createStaffLink(deps, { email, organizerSlug });
    deps.log.warn({ organizerSlug, purpose }, 'an operator created a link for a member');
    return c.json({ purpose, link, expiresAt: expiresAt.toISOString() }, 201, { 'cache-control': 'no-store' });
  });
  return app;
}

function presentOrganizer({ createdAt, ...organizer }: ListedOrganizer) {
  return { ...organizer, createdAt: createdAt.toISOString() };
}
