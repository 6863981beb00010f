import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../platform/db.ts';
import type { Phase } from './phase.ts';

/** What became of one account's wish for a place. */
export type JoinedPlace = {
  readonly phase: Phase;
  /** Undefined when the account has none and the room takes nobody now. */
  readonly index: number | undefined;
  readonly isNew: boolean;
  /** Milliseconds of Postgres' clock. */
  readonly joinedAt: number;
};

type JoinRow = {
  readonly phase: Phase | null;
  readonly first_new: number;
  readonly indexes: string;
  readonly joined: string;
};

/**
 * Gives each of these accounts its place, in one call and one transaction, under the lock of the room's row; undefined for
 * an event without room. Safe to repeat: an account that has a place is told it again. No two accounts may be the same.
 */
export async function joinPlaces(
  db: Db,
  eventId: string,
  accountKeys: readonly string[],
): Promise<readonly (JoinedPlace | undefined)[]> {
  // Account keys are letters, digits, - and _: nothing that an array's text would have to escape.
  const [row] = await rowsOf<JoinRow>(
    db,
    sql`select * from join_places(${eventId}, ${`{${accountKeys.join(',')}}`}::text[])`,
  );
  if (row === undefined || row.phase === null) return accountKeys.map(() => undefined);
  const { phase, first_new: firstNew } = row;
  const [indexes, joined] = [row.indexes.split(','), row.joined.split(',')];
  return accountKeys.map((_, n) => {
    const index = Number(indexes[n]);
    return {
      phase,
      index: index < 0 ? undefined : index,
      isNew: index >= firstNew,
      joinedAt: Number(joined[n]),
    };
  });
}
