import { inject } from 'vitest';

/** The addresses of this run's private services, which setup/global-setup.ts starts once. */
export interface TestStack {
  /** The superuser, past PgBouncer, in database `postgres`. */
  readonly postgresAdminUrl: string;
  /** antre_app through PgBouncer. The path ends with the database's name. */
  readonly databaseUrl: string;
  /** antre_owner past PgBouncer. */
  readonly databaseDirectUrl: string;
  /** PgBouncer's console: `fetch_types: false` and simple queries only. */
  readonly pgbouncerAdminUrl: string;
  /** PgBouncer is new enough for prepared statements. */
  readonly preparedStatements: boolean;
  readonly redisCacheUrl: string;
  readonly redisQueueUrl: string;
  /** The file where codes and headers of answers in this run are noted, to be compared with the contract. */
  readonly answersFile: string;
  /** The migrated database that each test database is a copy of. */
  readonly templateDatabase: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    stack: TestStack;
  }
}

/** The services of this run. The unit tier has none. */
export function testStack(): TestStack {
  const stack: TestStack | undefined = inject('stack');
  if (stack === undefined)
    throw new Error('A unit test asks for Postgres or Redis: take the file out of test/tiers.ts.');
  return stack;
}
