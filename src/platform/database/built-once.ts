import type { Db } from './db.ts';

/**
 * A statement that is built once for each pool, for where every buyer polls: building the two of an order a hundred times a
 * second made a seventh of all memory that an API process in a rush had to collect. In a transaction, which is a new `Db`
 * each time, it is built for that one. What differs between calls are `sql.placeholder`s.
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
