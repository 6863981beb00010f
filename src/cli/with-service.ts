import { type Config, ConfigError, loadConfig } from '../config.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { type Db, openDb } from '../platform/database/db.ts';
import { adviceOn } from '../platform/database/db-errors.ts';
import { DomainError } from '../platform/errors.ts';

export type Service = { readonly db: Db; readonly clock: Clock; readonly config: Config };
/** The output of a command, or the fault of its arguments. */
export type Outcome = { readonly lines: readonly string[] } | { readonly faults: readonly string[] };

const poolSize = 1;

/**
 * Runs one operator command against the configured database. Prints its result, or one line that says what is wrong,
 * without a stack for a mistake that an operator can correct. Exit code 0: done; 1: refused; 2: wrong arguments. With
 * `--help` only the usage is printed.
 */
export async function withService(
  name: string,
  usage: string,
  command: (service: Service) => Promise<Outcome>,
): Promise<void> {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  try {
    const config = loadConfig();
    const open = openDb({
      url: config.DATABASE_URL,
      name: 'cli',
      poolSize,
      acquireTimeoutMs: config.DATABASE_ACQUIRE_TIMEOUT_MS,
      callTimeoutMs: config.DATABASE_CALL_TIMEOUT_MS,
      prepare: config.DATABASE_PREPARE,
    });
    try {
      report(name, usage, await command({ db: open.db, clock: systemClock, config }));
    } finally {
      await open.close();
    }
  } catch (error) {
    if (isArgumentFault(error)) return report(name, usage, { faults: [error.message] });
    process.exitCode = 1;
    process.stderr.write(`${name}: ${sentence(error)}\n`);
  }
}

function report(name: string, usage: string, outcome: Outcome): void {
  if ('lines' in outcome) {
    process.stdout.write(`${outcome.lines.join('\n')}\n`);
    return;
  }
  process.exitCode = 2;
  process.stderr.write(`${outcome.faults.map((fault) => `${name}: ${fault}`).join('\n')}\n${usage}\n`);
}

function sentence(error: unknown): string {
  if (error instanceof ConfigError || error instanceof DomainError) return error.message;
  return adviceOn(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
}

function isArgumentFault(error: unknown): error is TypeError {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
