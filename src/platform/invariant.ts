import { type SQL, sql } from 'drizzle-orm';
import { type Db, rowsOf } from './database/db.ts';

/** One truth about the data, checked on the live database: after every test and load run, and on schedule in production. */
export type Invariant = {
  readonly name: string;
  /** The product promise that it guards, in words an organiser understands. */
  readonly promise: string;
  /** A bounded sample of sentences that name violating rows by id; empty when the truth holds. */
  find(db: Db): Promise<string[]>;
};

/** The most violations that one invariant names. */
export const invariantSampleMax = 20;

/**
 * An invariant that one statement checks, so that it sees one moment of the data.
 * @param violations a statement with one row per violation; its column `sentence` names it
 */
export function invariantOf(name: string, promise: string, violations: SQL): Invariant {
  return {
    name,
    promise,
    find: async (db) => {
      const rows = await rowsOf<{ sentence: string }>(
        db,
        sql`select sentence from (${violations}) as violation order by sentence limit ${invariantSampleMax}`,
      );
      return rows.map(({ sentence }) => sentence);
    },
  };
}
