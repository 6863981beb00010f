import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import type { Phase } from '../rooms/phase.ts';

/** An account that wants a place. */
export type JoinWish = {
  readonly accountKey: string;
  /** Index of the own place whose turn has passed, to be given up for the one at the end. */
  readonly insteadOf?: number | undefined;
};

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
 * That the turn of an `insteadOf` has passed is for the caller to know.
 */
export async function joinPlaces(
  db: Db,
  eventId: string,
  wishes: readonly JoinWish[],
): Promise<readonly (JoinedPlace | undefined)[]> {
  // Account keys are letters, digits, - and _: nothing that an array's text would have to escape.
  const [row] = await rowsOf<JoinRow>(
    db,
    sql`select * from join_places(${eventId}, ${arrayOf(wishes.map(({ accountKey }) => accountKey))}::text[],
      ${wishes.every(({ insteadOf }) => insteadOf === undefined) ? null : arrayOf(wishes.map(({ insteadOf }) => insteadOf ?? 'null'))}::integer[])`,
  );
  if (row === undefined || row.phase === null) return wishes.map(() => undefined);
  const { phase, first_new: firstNew } = row;
  const [indexes, joined] = [row.indexes.split(','), row.joined.split(',')];
  return wishes.map((_, n) => {
    const index = Number(indexes[n]);
    return {
      phase,
      index: index < 0 ? undefined : index,
      isNew: index >= firstNew,
      joinedAt: Number(joined[n]),
    };
  });
}

const arrayOf = (values: readonly (string | number)[]) => `{${values.join(',')}}`;
