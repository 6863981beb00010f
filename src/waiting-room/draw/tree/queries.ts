import { and, eq, sql } from 'drizzle-orm';
import { arrayText } from '../../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../../platform/database/db.ts';
import { drawLeaves } from '../../tables.ts';
import { leavesPerChunk } from '../order/method.ts';

/** Chunks whose leaves are not written yet. */
export async function listMissingChunks(db: Db, eventId: string, chunks: number): Promise<number[]> {
  const rows = await rowsOf<{ chunk: number }>(
    db,
    sql`select n::integer as chunk from generate_series(0, ${chunks}::integer - 1) as n
      where not exists (select from draw_leaves l where l.event_id = ${eventId} and l.chunk = n) order by n`,
  );
  return rows.map(({ chunk }) => chunk);
}

/**
 * The account keys of these chunks, each ordered by index. Index: the primary key. The limit makes each chunk one index
 * scan, even when the planner's statistics lag behind a list that has grown by a million.
 */
export async function readChunkKeys(
  db: Db,
  eventId: string,
  chunks: readonly number[],
  frozenPlaces: number,
): Promise<Map<number, string[]>> {
  const rows = await rowsOf<{ chunk: number; keys: string }>(
    db,
    sql`select c.chunk::integer as chunk, walk.keys
      from unnest(${arrayText(chunks)}::integer[]) as c(chunk)
      cross join lateral (
        select string_agg(place.account_key, ',' order by place.place_index) as keys from (
          select p.place_index, p.account_key from places p
          where p.event_id = ${eventId} and p.place_index >= c.chunk * ${leavesPerChunk}::integer
            and p.place_index < least((c.chunk + 1) * ${leavesPerChunk}::integer, ${frozenPlaces}::integer)
          order by p.place_index limit ${leavesPerChunk}::integer) place) walk
      where walk.keys is not null`,
  );
  return new Map(rows.map(({ chunk, keys }) => [chunk, keys.split(',')]));
}

export type ChunkRow = typeof drawLeaves.$inferInsert;

/**
 * Leaves follow from the frozen list, so a second writer has equal ones. Written in the order of chunks: two writers of the same chunks in
 * different orders would wait for each other.
 */
export async function insertLeaves(db: Db, rows: readonly ChunkRow[]): Promise<void> {
  await db
    .insert(drawLeaves)
    .values(rows.toSorted((one, two) => one.chunk - two.chunk))
    .onConflictDoNothing();
}

/** Ordered by chunk. */
export async function listChunkRoots(db: Db, eventId: string): Promise<Buffer[]> {
  const rows = await db
    .select({ root: drawLeaves.root })
    .from(drawLeaves)
    .where(eq(drawLeaves.eventId, eventId))
    .orderBy(drawLeaves.chunk);
  return rows.map(({ root }) => root);
}

export async function findLeaves(db: Db, eventId: string, chunk: number): Promise<Buffer | undefined> {
  const [row] = await db
    .select({ leaves: drawLeaves.leaves })
    .from(drawLeaves)
    .where(and(eq(drawLeaves.eventId, eventId), eq(drawLeaves.chunk, chunk)));
  return row?.leaves;
}
