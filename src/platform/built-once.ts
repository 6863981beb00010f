import type { Db } from './db.ts';

/**
 * A statement that is built once for each pool: drizzle takes longer to build one than Postgres to answer it, which
 * matters where every buyer polls. In a transaction, which is a new `Db` each time, it is built for that one. What
 * differs between calls are `sql.placeholder`s.
 */
export function builtOnce<Statement>(build: (db: Db) => Statement): (db: Db) => Statement {
  const built = new WeakMap<Db, Statement>();
  return (db) => {
    const known = built.get(db);
    if (known !== undefined) return known;
    const statement = build(db);
    built.set(db, statement);
    return statement;
  };
}
