import { Hono } from 'hono';
import { z } from 'zod';
import { decodeCursor, page, pageQuery } from '../contract/pagination.ts';
import { parseInput } from '../contract/router.ts';
import { type ProblemCatalogue, handleError } from '../problem.ts';
import type { Db } from '../../platform/database/db.ts';
import { DomainError } from '../../platform/errors.ts';
import {
  type DeadLetter,
  discardDeadLetter,
  findDeadLetter,
  listDeadLetters,
  replayDeadLetter,
  replayDeadLettersOf,
} from '../../platform/jobs/dead-letters.ts';
import type { Log } from '../../platform/log.ts';
import { operatorOnly } from './operator-token.ts';

const jobName = z.string().regex(/^[a-z_.]{3,80}$/);
const listQuery = z.object({ name: jobName.optional(), ...pageQuery });

/**
 * Jobs that were given up, on the operations port, with the operator's token:
 *
 *     GET    /dead-letters?name&cursor&limit    newest first
 *     GET    /dead-letters/{id}
 *     POST   /dead-letters/{id}/replay          stages the job again; its act is safe to repeat
 *     POST   /dead-letters/replay?name          stages up to 1,000 jobs of one kind again
 *     DELETE /dead-letters/{id}                 the job never runs
 *
 * Each replay and discard is logged. Payloads only hold ids.
 */
export function deadLetterRoutes(deps: { db: Db; log: Log; problems: ProblemCatalogue; token: string }): Hono {
  const { db, log } = deps;
  const app = new Hono();
  app.onError(handleError(deps.problems, log));
  app.use('/dead-letters/*', operatorOnly(deps.token));
  app.get('/dead-letters', async (c) => {
    const { name, cursor, limit } = parseInput(listQuery, c.req.query());
    const [beforeId] = cursor === undefined ? [] : decodeCursor(cursor, ['number']);
    const letters = await listDeadLetters(db, { limit: limit + 1, name, beforeId });
    return c.json(page(letters, limit, same, ({ id }) => [id]));
  });
  app.post('/dead-letters/replay', async (c) => {
    const { name } = parseInput(z.object({ name: jobName }), c.req.query());
    const replayed = await replayDeadLettersOf(db, name);
    log.warn({ job: name, replayed }, 'dead letters were replayed');
    return c.json({ replayed });
  });
  app.get('/dead-letters/:id{[0-9]{1,18}}', async (c) => {
    const letter = await findDeadLetter(db, c.req.param('id'));
    if (letter === undefined) throw absent();
    return c.json(letter);
  });
  app.post('/dead-letters/:id{[0-9]{1,18}}/replay', async (c) => {
    const deadLetter = c.req.param('id');
    if (!(await replayDeadLetter(db, deadLetter))) throw absent();
    log.warn({ deadLetter }, 'a dead letter was replayed');
    return c.json({ replayed: 1 });
  });
  app.delete('/dead-letters/:id{[0-9]{1,18}}', async (c) => {
    const deadLetter = c.req.param('id');
    if (!(await discardDeadLetter(db, deadLetter))) throw absent();
    log.warn({ deadLetter }, 'a dead letter was discarded');
    return c.body(null, 204);
  });
  return app;
}

const same = (letter: DeadLetter): DeadLetter => letter;

const absent = (): DomainError => new DomainError('request.not_found', 'There is no such dead letter.');
