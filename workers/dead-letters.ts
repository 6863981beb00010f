import { ConfigError, loadConfig } from '../src/config.ts';
import { isUnavailable } from '../src/platform/database/db-errors.ts';
import { discardDeadLetter, listDeadLetters, replayDeadLetter } from '../src/platform/jobs/dead-letters.ts';
import { type Db, openDb } from '../src/platform/database/db.ts';

/**
 * What an operator does with jobs that were given up:
 *
 *     node workers/dead-letters.ts list
 *     node workers/dead-letters.ts replay <id>     stages the job anew; its act is safe to repeat
 *     node workers/dead-letters.ts discard <id>    the job will never run
 */

const listMax = 200;
const usage = 'usage: node workers/dead-letters.ts list | replay <id> | discard <id>';

/** Does what the arguments say; answers with the text to print and the exit code. */
export async function deadLettersCommand(
  db: Db,
  [act, id]: readonly string[],
): Promise<{ text: string; code: number }> {
  if (act === 'list' && id === undefined) {
    const letters = await listDeadLetters(db, listMax);
    const lines = letters.map(
      (letter) =>
        `${letter.id}\t${letter.failed_at}\t${letter.name}\t${letter.failure}\t${JSON.stringify(letter.payload)}`,
    );
    return { text: lines.length === 0 ? 'no dead letters' : lines.join('\n'), code: 0 };
  }
  if ((act === 'replay' || act === 'discard') && id !== undefined && /^\d{1,18}$/.test(id)) {
    const found = act === 'replay' ? await replayDeadLetter(db, id) : await discardDeadLetter(db, id);
    const done = act === 'replay' ? 'is staged anew' : 'is discarded';
    return found ? { text: `dead letter ${id} ${done}`, code: 0 } : { text: `there is no dead letter ${id}`, code: 1 };
  }
  return { text: usage, code: 2 };
}

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const open = openDb({
    url: config.DATABASE_URL,
    name: 'dead_letters',
    poolSize: 1,
    acquireTimeoutMs: config.DATABASE_ACQUIRE_TIMEOUT_MS,
    callTimeoutMs: config.DATABASE_CALL_TIMEOUT_MS,
    prepare: config.DATABASE_PREPARE,
  });
  try {
    const { text, code } = await deadLettersCommand(open.db, process.argv.slice(2));
    process.stdout.write(`${text}\n`);
    process.exitCode = code;
  } finally {
    await open.close();
  }
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`dead-letters: ${sentence(error)}\n`);
    process.exitCode = 1;
  }
}

/** One line for what an operator can mend, a stack for everything else. */
function sentence(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (isUnavailable(error)) return 'the database does not answer; is DATABASE_URL right, and is it running?';
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
