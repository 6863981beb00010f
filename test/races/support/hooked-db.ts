import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import type { Db } from '../../../src/platform/database/db.ts';

export type HookedDb = { readonly db: Db; close(): Promise<void> };

type Hooks = {
  /** Runs before each statement. */
  readonly before?: (text: string) => Promise<void>;
  /** Takes the locks of rows away: the control of a race whose guard is such a lock. */
  readonly withoutRowLocks?: boolean;
};

/** A database handle that can be stopped before a statement, and that can leave out row locks. */
export function openHookedDb(url: string, hooks: Hooks): HookedDb {
  const client = postgres(url, { max: 1, prepare: false, fetch_types: false, onnotice: () => {} });
  return { db: drizzle(hooked(client, hooks)), close: () => client.end({ timeout: 5 }) };
}

function hooked(client: postgres.Sql, hooks: Hooks): postgres.Sql {
  const unsafe = (text: string, parameters?: never[]) => {
    let asValues = false;
    const run = async () => {
      await hooks.before?.(text);
      const query = client.unsafe(hooks.withoutRowLocks === true ? text.replace(/ for update$/, '') : text, parameters);
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
