import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { type Db, rowsOf } from '../../../src/platform/database/db.ts';
import { until } from '../../../testkit/until.ts';

export type HookedDb = { readonly db: Db; close(): Promise<void> };

type Hooks = {
  /** Runs before each statement. */
  readonly before?: (text: string) => Promise<void>;
  /** Takes the locks of rows and the named locks away: the control of a race whose guard is such a lock. */
  readonly withoutLocks?: boolean;
};

/** A database handle that can be stopped before a statement, and that can leave out locks. */
export function openHookedDb(url: string, hooks: Hooks): HookedDb {
  const client = postgres(url, { max: 1, prepare: false, fetch_types: false, onnotice: () => {} });
  return { db: drizzle(hooked(client, hooks)), close: () => client.end({ timeout: 5 }) };
}

function hooked(client: postgres.Sql, hooks: Hooks): postgres.Sql {
  const unsafe = (text: string, parameters?: never[]) => {
    let asValues = false;
    const run = async () => {
      await hooks.before?.(text);
      const query = client.unsafe(hooks.withoutLocks === true ? withoutLocks(text) : text, parameters);
      return asValues ? query.values() : query;
    };
    // drizzle calls `values` at once, before the statement begins.
    const result = Promise.resolve().then(run);
    const values = () => {
      asValues = true;
      return result;
    };
    return Object.assign(result, { values });
  };
  const begin = (work: (transaction: postgres.Sql) => Promise<unknown>) =>
    client.begin((transaction) => work(hooked(transaction as unknown as postgres.Sql, hooks)));
  return new Proxy(client, {
    get: (of, name) => (name === 'unsafe' ? unsafe : name === 'begin' ? begin : Reflect.get(of, name)),
  });
}

function withoutLocks(text: string): string {
  return text
    .replace(/ for (?:no key )?update$/, '')
    .replace(/^select (?:enter_lane|pg_advisory_xact_lock)\(/, 'select (');
}

/**
 * Runs one act, and another one meanwhile: after the first has read, before it writes. The first goes on when the second
 * has ended or waits for a lock.
 * @returns the outcomes of both: `done`, or the code of the refusal
 */
export async function actMeanwhile(
  at: {
    readonly url: string;
    /** Looks for waiting statements. */
    readonly db: Db;
    readonly withoutLocks: boolean;
    /** Whether the first act lets the second one run before this statement. */
    readonly isPause: (text: string) => boolean;
  },
  first: (db: Db) => Promise<unknown>,
  second: (db: Db) => Promise<unknown>,
): Promise<[string, string]> {
  const { url, withoutLocks } = at;
  const other = openHookedDb(url, { withoutLocks });
  let meanwhile: Promise<PromiseSettledResult<unknown> | undefined> | undefined;
  const one = openHookedDb(url, {
    withoutLocks,
    before: async (text) => {
      if (!at.isPause(text) || meanwhile !== undefined) return;
      let hasEnded = false;
      meanwhile = Promise.allSettled([second(other.db)]).then(([result]) => {
        hasEnded = true;
        return result;
      });
      await until(async () => hasEnded || (await isAnybodyWaiting(at.db)));
    },
  });
  try {
    const [done] = await Promise.allSettled([first(one.db)]);
    return [outcomeOf(done), outcomeOf(await meanwhile)];
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
}

/** `done`, or the code of the refusal. */
export function outcomeOf(result: PromiseSettledResult<unknown> | undefined): string {
  if (result === undefined) return 'never began';
  if (result.status === 'fulfilled') return 'done';
  const { reason } = result;
  return reason instanceof Error && 'code' in reason ? String(reason.code) : String(reason);
}

/** Whether a statement of this database waits for a lock. */
export async function isAnybodyWaiting(db: Db): Promise<boolean> {
  const rows = await rowsOf(
    db,
    sql`select 1 from pg_locks l join pg_stat_activity a using (pid) where a.datname = current_database() and not l.granted`,
  );
  return rows.length > 0;
}
