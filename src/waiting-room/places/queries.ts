import { sql } from 'drizzle-orm';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { prepared } from '../../platform/database/prepared.ts';
import type { Phase } from '../rooms/phase.ts';

/** An account that wants a place. */
export type JoinWish = {
  readonly accountKey: string;
  /** Index of the account's own place whose turn has passed, to be exchanged for one at the end. */
  readonly insteadOf?: number | undefined;
};

/** The outcome of one account's join. */
export type JoinedPlace = {
  readonly phase: Phase;
  /** Undefined if the account has no place and the room accepts nobody now. */
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
 * Gives each of these accounts its place, in one call and one transaction, under the lock of the room's row; undefined
 * for an event without a room. Safe to repeat: an account that has a place gets the same one. The accounts must differ.
 * The caller knows that the turn of an `insteadOf` has passed.
 */
export async function joinPlaces(
  db: Db,
  eventId: string,
  wishes: readonly JoinWish[],
): Promise<readonly (JoinedPlace | undefined)[]> {
  const [row] = await rowsOf<JoinRow>(
    db,
    sql`select phase, first_new, indexes, joined from join_places(${eventId}, ${arrayText(wishes.map(({ accountKey }) => accountKey))}::text[],
      ${wishes.every(({ insteadOf }) => insteadOf === undefined) ? null : arrayText(wishes.map(({ insteadOf }) => insteadOf ?? null))}::integer[]) ${prepared}`,
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
