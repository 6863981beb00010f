import type { Db } from './db.ts';

/**
 * A statement that is built once for each pool, for reads that every buyer polls: building the two statements of an
 * order a hundred times a second made a seventh of all garbage of a busy API process. A transaction is a new `Db` each
 * time, so the statement is built for it again. Values that differ between calls are `sql.placeholder`s.
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
