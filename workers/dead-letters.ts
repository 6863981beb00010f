import { type Outcome, withService } from '../src/cli/with-service.ts';
import type { Db } from '../src/platform/database/db.ts';
import { DomainError } from '../src/platform/errors.ts';
import {
  discardDeadLetter,
  findDeadLetter,
  listDeadLetters,
  replayDeadLetter,
  replayDeadLettersOf,
} from '../src/platform/jobs/dead-letters.ts';

/**
 * The operator's command for jobs that were given up:
 *
 *     npm run dead-letters -- list [<job>]      the newest, of one kind of job or of all
 *     npm run dead-letters -- show <id>
 *     npm run dead-letters -- replay <id>       stages the job again; its act is safe to repeat
 *     npm run dead-letters -- replay <job>      stages up to 1,000 jobs of one kind again
 *     npm run dead-letters -- discard <id>      the job never runs
 */
const usage = 'usage: dead-letters list [<job>] | show <id> | replay <id or job> | discard <id>';
const listMax = 200;

const isId = (text: string | undefined): text is string => text !== undefined && /^\d{1,18}$/.test(text);
const isJobName = (text: string | undefined): text is string => text !== undefined && /^[a-z_.]{3,80}$/.test(text);

/**
 * Runs the command of the arguments.
 * @throws DomainError request.not_found
 */
export async function deadLettersCommand(db: Db, [act, subject, ...others]: readonly string[]): Promise<Outcome> {
  if (others.length > 0) return { faults: [`${others.join(' ')}: one dead letter at a time`] };
  if (act === 'list' && (subject === undefined || isJobName(subject))) {
    const letters = await listDeadLetters(db, { limit: listMax, name: subject });
    const lines = letters.map(
      ({ id, failedAt, name, failure, payload }) =>
        `${id}\t${failedAt}\t${name}\t${failure}\t${JSON.stringify(payload)}`,
    );
    const more = lines.length === listMax ? [`these are the newest ${listMax}; there may be more`] : [];
    return { lines: lines.length === 0 ? ['no dead letters'] : [...lines, ...more] };
  }
  if (act === 'show' && isId(subject)) {
    const letter = await findDeadLetter(db, subject);
    if (letter === undefined) throw absent(subject);
    return { lines: [JSON.stringify(letter, undefined, 2)] };
  }
  if (act === 'replay' && isId(subject)) {
    if (!(await replayDeadLetter(db, subject))) throw absent(subject);
    return { lines: [`dead letter ${subject} is staged again`] };
  }
  if (act === 'replay' && isJobName(subject)) {
    const replayed = await replayDeadLettersOf(db, subject);
    const more = (await listDeadLetters(db, { limit: 1, name: subject })).length > 0;
    return {
      lines: [
        `${replayed} dead letters of ${subject} are staged again`,
        ...(more ? ['there are more of them: the same command again takes the next'] : []),
      ],
    };
  }
  if (act === 'discard' && isId(subject)) {
    if (!(await discardDeadLetter(db, subject))) throw absent(subject);
    return { lines: [`dead letter ${subject} is discarded`] };
  }
  return { faults: ['say what to do, and with which dead letter'] };
}

const absent = (id: string): DomainError => new DomainError('request.not_found', `there is no dead letter ${id}`);

if (import.meta.main)
  await withService('dead-letters', usage, ({ db }) => deadLettersCommand(db, process.argv.slice(2)));
