import { type SQL, sql } from 'drizzle-orm';
import { type Db, rowsOf, transaction } from './db.ts';

/**
 * The rows of a statement that reads all orders, tickets or messages of an event and joins them. Postgres takes an event for
 * a few rows of the table ("planner" in the schema), and would look up each row of a large one by its key, which takes five
 * times as long.
 */
export function readWholeEvent<Row>(db: Db, statement: SQL): Promise<Row[]> {
  return transaction(db, async (tx) => {
    await tx.execute(sql`set local enable_nestloop = off`);
    return rowsOf<Row>(tx, statement);
  });
}
