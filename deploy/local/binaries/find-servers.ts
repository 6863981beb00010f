import type { Account } from '../host/account.ts';
import type { Say } from '../progress.ts';
import { type FoundProgram, findSystemProgram } from './find-system-program.ts';

/** The first PgBouncer that keeps prepared statements apart by client. Production has it, so tests and benches must, too. */
export const preparingPgBouncer = [1, 21] as const;

/** Finds or fetches PgBouncer. */
export function findPgBouncer(account: Account | undefined, say: Say): Promise<FoundProgram> {
  return findSystemProgram(
    {
      name: 'pgbouncer',
      debianPackage: 'pgbouncer',
      otherwise: 'give DATABASE_URL and DATABASE_DIRECT_URL of a database of your own',
      preferred: { version: preparingPgBouncer, release: 'trixie' },
    },
    account,
    say,
  );
}

/** Finds or fetches the Redis server. */
export function findRedis(account: Account | undefined, say: Say): Promise<FoundProgram> {
  return findSystemProgram(
    {
      name: 'redis-server',
      debianPackage: 'redis-server',
      otherwise: 'give REDIS_CACHE_URL and REDIS_QUEUE_URL of two servers of your own',
    },
    account,
    say,
  );
}

/** Finds or fetches nginx. */
export function findNginx(account: Account | undefined, say: Say): Promise<FoundProgram> {
  return findSystemProgram(
    {
      name: 'nginx',
      debianPackage: 'nginx',
      otherwise: 'start without --edge',
      versionArgument: '-v',
    },
    account,
    say,
  );
}
