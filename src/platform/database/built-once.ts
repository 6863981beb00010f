import type { Db } from './db.ts';

/**
 * A statement that is built once per pool, for reads that every buyer polls. Building the two statements of an order a
 * hundred times a second made a seventh of all garbage of a busy API process. Each transaction is a new `Db`, so it
 * builds the statement again. Values that differ between calls are `sql.placeholder`s.
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
