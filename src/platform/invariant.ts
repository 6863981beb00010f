import type { Db } from './db.ts';

/** One truth about the data, checked on the live database: after every test and load run, and on schedule in production. */
export type Invariant = {
  readonly name: string;
  /** The promise of the product that it guards, in words an organiser understands. */
  readonly promise: string;
  /** A bounded sample of sentences that name violating rows by id; empty when the truth holds. */
  find(db: Db): Promise<string[]>;
};

/** How many violations one invariant names. */
export const invariantSampleMax = 20;
