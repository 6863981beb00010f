import { invariant } from '../../platform/assert.ts';
import type { Db } from '../../platform/db.ts';
import { leafOf, rootOf } from './merkle.ts';
import { chunksOf, leavesPerChunk } from './method.ts';
import { placeSalt } from './place-salt.ts';
import { type ChunkRow, insertLeaves, listChunkRoots, listMissingChunks, readChunkKeys } from './queries.ts';

/** Rows of leaves in one statement: 128 KB, and some 20 ms of hashing before the loop turns. */
const chunksPerStep = 4;

/**
 * Writes the leaves of a frozen list, a bounded number of rows at a time, and goes on at the next call where it stopped.
 * Each caller begins elsewhere, so that two of them share the work. Memory does not grow with the list.
 * @param workMs after this long it gives way
 * @returns the root once all leaves are there, else undefined
 */
export async function writeLeaves(
  deps: { readonly db: Db; readonly queueTokenSecret: string },
  { eventId, places }: { eventId: string; places: number },
  workMs: number,
): Promise<Uint8Array | undefined> {
  const chunks = chunksOf(places);
  const endsAt = performance.now() + workMs;
  const missing = rotated(await listMissingChunks(deps.db, eventId, chunks));
  for (let at = 0; at < missing.length; at += chunksPerStep) {
    if (performance.now() > endsAt) return undefined;
    const step = missing.slice(at, at + chunksPerStep);
    const keys = await readChunkKeys(deps.db, eventId, step, places);
    const rows = step.map((chunk) =>
      chunkRow(deps.queueTokenSecret, { eventId, places }, chunk, keys.get(chunk) ?? []),
    );
    await insertLeaves(deps.db, rows);
  }
  const roots = await listChunkRoots(deps.db, eventId);
  return roots.length === chunks ? rootOf(roots) : undefined;
}

function chunkRow(
  secret: string,
  { eventId, places }: { eventId: string; places: number },
  chunk: number,
  accountKeys: readonly string[],
): ChunkRow {
  const first = chunk * leavesPerChunk;
  const expected = Math.min(leavesPerChunk, places - first);
  invariant(accountKeys.length === expected, `places of ${eventId} have no gaps: chunk ${chunk}`);
  const leaves = accountKeys.map((accountKey, at) =>
    leafOf(eventId, first + at, placeSalt(secret, eventId, first + at), accountKey),
  );
  return { eventId, chunk, leaves: Buffer.concat(leaves), root: Buffer.from(rootOf(leaves)) };
}

function rotated(chunks: readonly number[]): number[] {
  const start = Math.floor(Math.random() * chunks.length);
  return [...chunks.slice(start), ...chunks.slice(0, start)];
}
